package perseid_test

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// tree is what the checks know of a source tree.
type tree struct {
	packages map[string]*pkg // by folder, relative to the root
	words    map[string]int  // floors as ARCHITECTURE.md gives them, by folder
	lines    map[string]int  // of each file written by hand, tests included
}

// pkg is one package, without its tests.
type pkg struct {
	documented bool
	imports    map[string]string // import path → a file that has it
}

// load reads a source tree. Folders that hold modules of their own are none of its business.
func load(t *testing.T, root string) *tree {
	t.Helper()
	tr := &tree{packages: map[string]*pkg{}, lines: map[string]int{}}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != root && apart(name):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		rel, err := filepath.Rel(root, name)
		return errors.Join(err, tr.add(name, filepath.ToSlash(rel)))
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	tr.words = floorsIn(string(text))
	return tr
}

// apart says whether a folder is left out, as the go command leaves it out.
func apart(dir string) bool {
	base := filepath.Base(dir)
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil || base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")
}

// add reads one file.
func (tr *tree) add(name, rel string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(token.NewFileSet(), rel, data, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return err
	}
	if !ast.IsGenerated(file) {
		tr.lines[rel] = bytes.Count(data, []byte("\n"))
	}
	if strings.HasSuffix(rel, "_test.go") {
		return nil
	}
	return tr.addPackage(path.Dir(rel), rel, file)
}

func (tr *tree) addPackage(dir, rel string, file *ast.File) error {
	p := tr.packages[dir]
	if p == nil {
		p = &pkg{imports: map[string]string{}}
		tr.packages[dir] = p
	}
	p.documented = p.documented || file.Doc != nil
	for _, spec := range file.Imports {
		to, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		p.imports[to] = rel
	}
	return nil
}

var (
	floorHeading = regexp.MustCompile(`^#+ Floor (\d+)\b`)
	packageRow   = regexp.MustCompile("^- `([a-z/]+)`")
)

// floorsIn reads the floors out of ARCHITECTURE.md: a heading for each, a list of packages below it.
func floorsIn(text string) map[string]int {
	floors, floor := map[string]int{}, -1
	for line := range strings.Lines(text) {
		if m := floorHeading.FindStringSubmatch(line); m != nil {
			floor, _ = strconv.Atoi(m[1])
		} else if strings.HasPrefix(line, "#") {
			floor = -1
		}
		if m := packageRow.FindStringSubmatch(line); m != nil && floor >= 0 {
			floors["internal/"+m[1]] = floor
		}
	}
	return floors
}
