package resource

import (
	"fmt"
	"strings"
)

// Kind is one row of the table of kinds: everything that differs between kinds starts here.
// Routes, store paths, order of application, completion and the reference are derived from it.
type Kind struct {
	Name    string // canonical spelling: Dashboard
	Plural  string // in URLs and folders: dashboards
	Project bool   // lives in a project; otherwise global
	Rank    int    // lower is applied earlier and removed later; projects are 0
	// Aliases are the short names that percli takes beside name and plural (perses.md §7); unique over all kinds, whatever the case.
	Aliases []string
	// Provisioned: may come from a source. Ephemeral dashboards may not.
	Provisioned bool
	// Secret: holds values that are masked in answers and encrypted or hashed at rest.
	Secret bool

	spec shape
	// specRequired: an absent spec is refused instead of read as an empty one.
	specRequired bool
}

// KindByName finds a kind by its name, whatever the case.
func KindByName(name string) (*Kind, error) {
	if name == "" {
		return nil, fmt.Errorf("kind cannot be empty")
	}
	for _, k := range Kinds() { // hardly ever spelled otherwise, and asked for every file of every scan
		if k.Name == name {
			return k, nil
		}
	}
	for _, k := range Kinds() {
		if strings.EqualFold(k.Name, name) {
			return k, nil
		}
	}
	return nil, fmt.Errorf("unknown kind %q used", name)
}

// KindByPlural finds a kind by the plural that URLs and folders use.
func KindByPlural(plural string) (*Kind, bool) {
	for _, k := range Kinds() {
		if k.Plural == plural {
			return k, true
		}
	}
	return nil, false
}
