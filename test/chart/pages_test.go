package chart_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/test/chart/helm"
)

var block = regexp.MustCompile("(?s)```yaml\n# values.yaml\n(.*?)\n```")

// TestPagesRender takes every values file that a page shows, renders it, and has the server read the configuration.
func TestPagesRender(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range block.FindAllStringSubmatch(string(text), -1) {
			seen++
			made, err := helm.Render(load(t, server), helm.Options{Values: parse(t, m[1])})
			if err != nil {
				t.Errorf("%s:\n%s\n%s", page, m[1], err)
				continue
			}
			if strings.Contains(m[1], "server: perses") {
				continue
			}
			for _, p := range perseidReads(t, made) {
				if !strings.Contains(p.Path, "encryption_key") { // its Secret is not here
					t.Errorf("%s:\n%s\n%s: %s", page, m[1], p.Path, p.Message)
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("the pages show %d values files; the expression for them has changed, or they have", seen)
	}
}
