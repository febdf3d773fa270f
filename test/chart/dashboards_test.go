package chart_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/configmap"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/test/chart/helm"
)

const ownDashboards = "../../examples/perseid"

// own reads the dashboards on Perseid itself, by the path that the chart has them at.
func own(t *testing.T) map[string]*resource.Resource {
	t.Helper()
	all := map[string]*resource.Resource{}
	err := fs.WalkDir(os.DirFS(ownDashboards), ".", func(path string, d fs.DirEntry, err error) error {
		format, is := resource.FormatOf(path)
		if err != nil || d.IsDir() || !is {
			return err
		}
		text, err := os.ReadFile(filepath.Join(ownDashboards, path))
		if err != nil {
			return err
		}
		documents, problems := resource.Decode(text, format)
		if len(documents) != 1 || problems.Invalid() {
			t.Fatalf("%s: %d documents, %v", path, len(documents), problems)
		}
		all[strings.TrimSuffix(path, filepath.Ext(path))+".json"] = documents[0].Resource
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestDashboardsAreThoseOfTheExamples: a chart can read only what lies in it, so it has a copy, in JSON: Helm's reading of YAML takes the key y for true.
func TestDashboardsAreThoseOfTheExamples(t *testing.T) {
	const copies = server + "/files/perseid"
	var want []string
	for path, r := range own(t) {
		var text bytes.Buffer
		if err := json.Indent(&text, r.Declaration(), "", "  "); err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(copies, path)), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		golden(t, filepath.Join(copies, path), text.String()+"\n")
		want = append(want, path)
	}
	var got []string
	err := fs.WalkDir(os.DirFS(copies), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			got = append(got, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("remove what is no example any more (-examples +chart)\n%s", diff)
	}
}

// dashboardsIn are the ConfigMaps with the label, and what a reader makes of them, by name.
func dashboardsIn(t *testing.T, m *helm.Manifests, label string) map[string]*resource.Resource {
	t.Helper()
	all := map[string]*resource.Resource{}
	for _, o := range m.Objects {
		if o.Kind() != "ConfigMap" || o.Text("metadata", "labels", label) == "" {
			continue
		}
		text := o.Text("data", o.Name()+".json")
		documents, problems := resource.Decode([]byte(text), resource.JSON)
		if len(documents) != 1 || problems.Invalid() || len(problems) > 0 {
			t.Fatalf("%s: %d documents, %v\n%s", o.Name(), len(documents), problems, text)
		}
		all[o.Name()] = documents[0].Resource
	}
	return all
}

// TestDashboards: they arrive as they are, under the names that "perseid configmaps" gives them.
func TestDashboards(t *testing.T) {
	got := map[string]string{}
	for name, r := range dashboardsIn(t, render(t, "dashboards: {enabled: true}"), "perses.dev/resource") {
		got[name] = canonicalOf(t, r)
	}
	want := map[string]string{}
	for path, r := range own(t) {
		want[configmap.Name("perses", path, 0)] = canonicalOf(t, r)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-examples +chart)\n%s", diff)
	}
}

// canonicalOf is a resource as JSON with its keys in order.
func canonicalOf(t *testing.T, r *resource.Resource) string {
	t.Helper()
	var plain any
	if err := json.Unmarshal(r.Declaration(), &plain); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(plain, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDashboardsElsewhere has another project, another datasource, another label.
func TestDashboardsElsewhere(t *testing.T) {
	const values = "configMaps: {label: team/resource, labelValue: ''}\ndashboards: {enabled: true, project: platform, datasource: thanos, namespace: infra, disabled: [proxy], annotations: {a: b}, labels: {team: x}}"
	m := render(t, values)
	all := dashboardsIn(t, m, "team/resource")
	if len(all) != len(own(t))-1 {
		t.Errorf("%d of them", len(all))
	}
	for name, r := range all {
		o := m.Find("ConfigMap", name)
		if o.Text("metadata", "namespace") != "infra" || o.Text("metadata", "annotations", "a") != "b" || o.Text("metadata", "labels", "team") != "x" {
			t.Errorf("%s: %v", name, o.At("metadata"))
		}
		if r.Metadata.Name == "proxy" {
			t.Error("proxy is not left out")
		}
		if r.Kind.Name == "Project" {
			if r.Metadata.Name != "platform" {
				t.Errorf("the project is %s", r.Metadata.Name)
			}
			continue
		}
		text := string(r.Declaration())
		if r.Metadata.Project != "platform" || strings.Count(text, `"defaultValue":"thanos"`) != 1 {
			t.Errorf("%s: project %s, or no default of the variable datasource:\n%.1200s", name, r.Metadata.Project, text)
		}
		if asked, lists := strings.Count(text, `"name":"thanos"`), strings.Count(text, `"PrometheusLabelValuesVariable"`); asked != lists || lists == 0 {
			t.Errorf("%s: %d of %d variables ask it", name, asked, lists)
		}
	}
	if beside := dashboardsIn(t, render(t, "server: perses\ndashboards: {enabled: true}"), "perses.dev/resource"); len(beside) != 2 {
		t.Errorf("beside Perses there are %d, expected the project and the sidecar", len(beside))
	}
}
