package chart_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/test/chart/values"
)

// TestMain writes the schemas first where files are to be written: everything else is rendered with them.
func TestMain(m *testing.M) {
	flag.Parse()
	if *update {
		for _, chart := range []string{server, library} {
			if err := writeSchema(chart); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
	os.Exit(m.Run())
}

func writeSchema(chart string) error {
	file, err := os.ReadFile(chart + "/values.yaml")
	if err != nil {
		return err
	}
	schema, err := values.Parse(file)
	if err != nil {
		return err
	}
	text, err := schema.Text()
	if err != nil {
		return err
	}
	return os.WriteFile(chart+"/values.schema.json", text, 0o644)
}

// TestSchema holds values.schema.json to the values file.
func TestSchema(t *testing.T) {
	for _, chart := range []string{server, library} {
		text, err := schemaOf(t, chart).Text()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, chart+"/values.schema.json", string(text))
	}
}

func schemaOf(t *testing.T, chart string) *values.Schema {
	t.Helper()
	file, err := os.ReadFile(chart + "/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := values.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestEveryValueIsDescribed leaves out what lies in mappings that Kubernetes and Perses describe.
func TestEveryValueIsDescribed(t *testing.T) {
	var walk func(path string, s *values.Schema)
	walk = func(path string, s *values.Schema) {
		if s.Description != "" || path == "global" {
			return
		}
		if s.Properties == nil {
			t.Errorf("%s has no description: write # -- above it", path)
			return
		}
		for _, name := range s.Properties.Names {
			inner := s.Properties.Of[name]
			if probe := strings.HasSuffix(path, "Probe"); !probe || name == "enabled" {
				walk(strings.TrimPrefix(path+"."+name, "."), inner)
			}
		}
	}
	for _, chart := range []string{server, library} {
		walk("", schemaOf(t, chart))
	}
}

// TestReadme holds each README to what helm-docs writes.
func TestReadme(t *testing.T) {
	// With -n it is built, whatever go has to say of what it downloads, and its path is printed.
	program, err := exec.CommandContext(t.Context(), "go", "tool", "-modfile=../../tools/helm-docs/go.mod", "-n", "helm-docs").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, chart := range []string{server, library} {
		run := exec.CommandContext(t.Context(), strings.TrimSpace(string(program)), "--chart-search-root", chart, "--chart-to-generate", chart, "--dry-run",
			"--sort-values-order", "file", "--ignore-non-descriptions", "--skip-version-footer", "--log-level", "warn")
		var complaints bytes.Buffer
		run.Stderr = &complaints
		text, err := run.Output()
		if err != nil || complaints.Len() > 0 {
			t.Fatalf("helm-docs: %v\n%s", err, &complaints)
		}
		golden(t, chart+"/README.md", string(text))
	}
}
