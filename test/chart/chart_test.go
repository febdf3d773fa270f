// Package chart_test holds the Helm charts to their promises: rendered with Helm's own engine, without a cluster.
//
// Every file of testdata/values renders to the golden of its name; every file of testdata/refused is refused with the words it names.
package chart_test

import (
	"bufio"
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/yaml"

	"github.com/perseid-dev/perseid/test/chart/helm"
)

var update = flag.Bool("update", false, "rewrite golden and generated files")

const server = "../../charts/perseid"

// served is the chart of the server, read once: it depends on no other, so that rendering leaves it as it is.
var served = sync.OnceValues(func() (*chart.Chart, error) { return helm.Load(server) })

// load reads a chart.
func load(t *testing.T, dir string) *chart.Chart {
	t.Helper()
	read := func() (*chart.Chart, error) { return helm.Load(dir) }
	if dir == server {
		read = served
	}
	c, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// render renders values that are written as YAML, as the release perses in the namespace monitoring.
func render(t *testing.T, values string) *helm.Manifests {
	t.Helper()
	m, err := helm.Render(load(t, server), helm.Options{Values: parse(t, values)})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	values := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &values); err != nil {
		t.Fatal(err)
	}
	return values
}

// example is a values file. Its first comments say more: "release: NAME", "namespace: NAME", "kubernetes: VERSION", "want: WORDS".
type example struct {
	name   string
	said   map[string]string
	values map[string]any
}

func (e example) options() helm.Options {
	return helm.Options{Release: e.said["release"], Namespace: e.said["namespace"], Kubernetes: e.said["kubernetes"], Values: e.values}
}

func examples(t *testing.T, dir string) (all []example) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata/%s holds no values: %v", dir, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		e := example{name: strings.TrimSuffix(filepath.Base(file), ".yaml"), said: map[string]string{}, values: parse(t, string(data))}
		for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan() && strings.HasPrefix(lines.Text(), "#"); {
			if key, text, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "# "), ": "); ok {
				e.said[key] = text
			}
		}
		all = append(all, e)
	}
	return all
}

func TestGolden(t *testing.T) {
	for _, e := range examples(t, "values") {
		t.Run(e.name, func(t *testing.T) {
			m, err := helm.Render(load(t, server), e.options())
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "golden", e.name+".yaml"), m.Text)
		})
	}
}

// TestNotes: what is said after an install is part of what a person sees.
func TestNotes(t *testing.T) {
	for _, e := range examples(t, "values") {
		switch e.name {
		case "defaults", "perses-every-value", "live", "both-pages", "sql-and-authentication":
			m, err := helm.Render(load(t, server), e.options())
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "golden", "notes", e.name+".txt"), m.Notes)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, e := range examples(t, "refused") {
		t.Run(e.name, func(t *testing.T) {
			m, err := helm.Render(load(t, server), e.options())
			switch {
			case err == nil:
				t.Fatalf("taken:\n%s", m.Text)
			case e.said["want"] == "" || !strings.Contains(err.Error(), e.said["want"]):
				t.Errorf("got  %s\nwant %s", err, e.said["want"])
			}
		})
	}
}

// golden compares a text with a file, which -update writes.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s is not what is rendered; run go test -update and read the difference (-file +rendered)\n%s", file, diff)
	}
}

// merged is one mapping over another, at every level.
func merged(under, over map[string]any) map[string]any {
	all := maps.Clone(under)
	for key, value := range over {
		inner, ok := value.(map[string]any)
		below, both := all[key].(map[string]any)
		if ok && both {
			value = merged(below, inner)
		}
		all[key] = value
	}
	return all
}
