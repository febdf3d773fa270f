package store

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// What lies in <database>/.perseid, beside what other packages keep there.
const (
	stateDir      = ".perseid"
	stageDir      = "stage"
	quarantineDir = "quarantine"
	lockFile      = "lock"
	versionFile   = "VERSION"
	indexFile     = "index"
	journalFile   = "journal"
)

// Modes of documents, of Perses' directories and of ours.
const (
	fileMode  = 0o600
	dirMode   = 0o750
	stateMode = 0o700
)

// layout knows where a document lies: <root>/<plural>/[<project>/]<name>.<extension> (perses.md §3.1).
type layout struct {
	root      string
	extension string
	sensitive bool
}

// fold is the identity as this database knows it.
func (l layout) fold(id resource.ID) resource.ID {
	if l.sensitive {
		return id
	}
	return id.Fold()
}

func (l layout) dir(k *resource.Kind, project string) string {
	return filepath.Join(l.root, k.Plural, project)
}

func (l layout) path(id resource.ID) string {
	return filepath.Join(l.root, l.relative(id))
}

// relative is the path as people are shown it: without the place of the database.
func (l layout) relative(id resource.ID) string {
	k, err := resource.KindByName(id.Kind)
	if err != nil {
		return ""
	}
	return filepath.Join(k.Plural, id.Project, id.Name+"."+l.extension)
}

func (l layout) state(name ...string) string {
	return filepath.Join(append([]string{l.root, stateDir}, name...)...)
}

func (l layout) format() resource.Format {
	if l.extension == "json" {
		return resource.JSON
	}
	return resource.YAML
}

// place tells whether an identity has a place here, so that no name from outside can leave its directory.
func (l layout) place(id resource.ID) error {
	k, err := resource.KindByName(id.Kind)
	switch {
	case err != nil:
		return problem.New(problem.Invalid, err.Error())
	case k.Name != id.Kind:
		return problem.New(problem.Invalid, fmt.Sprintf("kind %q is spelled %q", id.Kind, k.Name))
	case !plain(id.Name):
		return problem.New(problem.Invalid, fmt.Sprintf("%q cannot be the name of a document", id.Name))
	case k.Project && !plain(id.Project):
		return problem.New(problem.Invalid, fmt.Sprintf("%q cannot be the name of a project", id.Project))
	case !k.Project && id.Project != "":
		return problem.New(problem.Invalid, fmt.Sprintf("%s is global: it cannot be in project %q", id.Kind, id.Project))
	}
	return nil
}

// identify is the reverse of path for one file name of a kind's directory. In a case-insensitive database a name with an
// upper-case letter has no identity: Perses would list such a file and never find it by name.
func (l layout) identify(k *resource.Kind, project, file string) (resource.ID, bool) {
	name, ok := strings.CutSuffix(file, "."+l.extension)
	id := resource.ID{Kind: k.Name, Project: project, Name: name}
	return id, ok && l.place(id) == nil && l.fold(id) == id
}

// maxName leaves room for the extension in the 255 bytes that file systems give a name.
const maxName = 240

func plain(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= maxName && !strings.ContainsAny(name, "/\\\x00")
}
