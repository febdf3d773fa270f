package perseid_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link     = regexp.MustCompile(`\]\(([^)#\s]+)[^)]*\)`)
	makeVerb = regexp.MustCompile("(?m)(?:`|^)make ([a-z]+)")
	verbRow  = regexp.MustCompile(`(?m)^([a-z]+):.*## `)
)

// TestDocuments follows every relative link of the documents, and finds every `make` verb they name in the Makefile.
func TestDocuments(t *testing.T) {
	verbs := map[string]bool{}
	for _, m := range verbRow.FindAllStringSubmatch(read(t, "Makefile"), -1) {
		verbs[m[1]] = true
	}
	seen := 0
	for _, name := range documents(t) {
		text := read(t, name)
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			seen++
			if to := filepath.Join(filepath.Dir(name), m[1]); !strings.Contains(m[1], "://") {
				if _, err := os.Stat(to); err != nil {
					t.Errorf("%s: the link to %s leads nowhere", name, m[1])
				}
			}
		}
		for _, m := range makeVerb.FindAllStringSubmatch(text, -1) {
			if !verbs[m[1]] {
				t.Errorf("%s: make %s is not in the Makefile", name, m[1])
			}
		}
	}
	if seen < 10 || len(verbs) < 5 {
		t.Errorf("found %d links and %d verbs; the documents or the expressions for them have changed", seen, len(verbs))
	}
}

// documents lists what people read, leaving out modules of others.
func documents(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == ".git"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".md"):
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
