package resource

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/perseid-dev/perseid/internal/problem"
)

// Bounds of perses.md §1.2.
const (
	maxName = 75 // bytes of a name or a project
	maxTags = 20
	maxTag  = 50 // characters of a tag
)

// namePattern is what names must match, as Perses shows it; notInNames decides, since every document of every reconcile is asked.
const namePattern = `^[a-zA-Z0-9_.-]+$`

func notInNames(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '.' && r != '-'
}

// CheckName says what is wrong with a resource's or a project's name, or nil.
// Beside the rules of Perses it refuses what would be no plain file name: dots at either end.
func CheckName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("name cannot be empty")
	case len(name) > maxName:
		return fmt.Errorf("cannot contain more than %d characters", maxName)
	case strings.ContainsFunc(name, notInNames):
		return fmt.Errorf("%q is not a correct name. It should match the regexp: %s", shown(name), namePattern)
	case strings.HasPrefix(name, ".") || strings.HasSuffix(name, "."):
		return fmt.Errorf("%q is not a correct name. It must not begin or end with a dot", name)
	}
	return nil
}

// Possible says whether a resource can have the identity: what is none was meant to be another one.
func (id ID) Possible() bool {
	k, err := KindByName(id.Kind)
	if err != nil || CheckName(id.Name) != nil {
		return false
	}
	return !k.Project || CheckName(id.Project) == nil
}

// name checks metadata.name, or metadata.project where there is one.
func (w *walker) name(field, name string) {
	if name == "" {
		return // what must be there is the shape's
	}
	if err := CheckName(name); err != nil {
		hint := "use letters, digits, _, - and, in between, dots"
		if len(name) > maxName {
			hint = fmt.Sprintf("shorten it by %d", len(name)-maxName)
		}
		w.enter(field)
		w.report(problem.Problem{Code: problem.CodeMetadata, Severity: problem.Error, Message: err.Error(), Hint: hint})
		w.leave()
	}
}

// tags sorts, drops doubles and checks.
func (w *walker) tags(v *Value) []string {
	if v == nil || v.Type != Array {
		return nil
	}
	var tags []string
	w.enter("tags")
	defer w.leave()
	for i := range v.Items {
		w.enterItem(i)
		w.tag(v.Items[i].Text)
		w.leave()
		tags = append(tags, strings.Clone(v.Items[i].Text))
	}
	slices.Sort(tags)
	if tags = slices.Compact(tags); len(tags) > maxTags {
		w.fail(problem.CodeMetadata, fmt.Sprintf("cannot contain more than %d tags", maxTags))
	}
	return tags
}

func (w *walker) tag(tag string) {
	switch {
	case tag == "":
		w.fail(problem.CodeMetadata, "tag cannot be empty")
	case strings.TrimSpace(tag) != tag:
		w.fail(problem.CodeMetadata, fmt.Sprintf("tag %q cannot start or end with whitespace", shown(tag)))
	case utf8.RuneCountInString(tag) > maxTag:
		w.fail(problem.CodeMetadata, fmt.Sprintf("tag %q cannot contain more than %d characters", shown(tag), maxTag))
	}
}
