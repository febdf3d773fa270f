package chart_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"

	"github.com/perseid-dev/perseid/internal/configmap"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/test/chart/helm"
)

const library, boards = "../../charts/perseid-resources", "../../charts/perseid-resources/example"

// resources renders the example chart with these files and values in place of its own.
func resources(t *testing.T, files map[string]string, values string) (*helm.Manifests, error) {
	t.Helper()
	c := load(t, boards)
	c.AddDependency(load(t, library))
	if files != nil {
		c.Files = nil
		for name, text := range files {
			c.Files = append(c.Files, &common.File{Name: name, Data: []byte(text)})
		}
	}
	return helm.Render(c, helm.Options{Release: "boards", Namespace: "team-a", Values: parse(t, values)})
}

func TestExample(t *testing.T) {
	m, err := resources(t, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/golden/resources.yaml", m.Text)
	whole := filepath.Join(t.TempDir(), "boards")
	for from, to := range map[string]string{boards: whole, library: filepath.Join(whole, "charts", "perseid-resources")} {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{library, whole} {
		for _, message := range lint.RunAll(dir, nil, "team-a").Messages {
			if message.Severity > support.InfoSev {
				t.Errorf("%s: %s: %s", dir, message.Path, message.Err)
			}
		}
	}
}

// awkward are the files that the generator of the Perses documentation stumbles over.
func awkward() map[string]string {
	const board = `{"kind":"Dashboard","metadata":{"name":"n","project":"p"},"spec":{"panels":{},"layouts":[]}}`
	long := strings.Repeat("a-long-directory/", 14)
	return map[string]string{
		"files/top.json":                    board,
		"files/below/deep/er.json":          board,
		"files/with.yaml":                   "kind: Dashboard\nmetadata: {name: n, project: p}\nspec: {panels: {}, layouts: [], y: 1}\n",
		"files/with.yml":                    "# nothing here\n---\nkind: Project\nmetadata: {name: on}\n---\n# nor here\n---\nkind: Folder\nmetadata: {name: n, project: p}\nspec: {}\n",
		"files/crlf.yaml":                   "kind: Project\r\nmetadata:\r\n  name: one\r\n---\r\nkind: Project\r\nmetadata:\r\n  name: two\r\n",
		"files/Upper_Case and space.json":   board,
		"files/sub/a.json":                  board,
		"files/sub-a.json":                  board,
		"files/a-b/c.json":                  board,
		"files/a/b-c.json":                  board,
		"files/my.json.backup.json":         board,
		"files/dashboards/prometheus.json":  board,
		"files/datasources/prometheus.json": strings.Replace(board, "Dashboard", "Datasource", 1),
		"files/" + long + "one.json":        board,
		"files/" + long + "two.json":        board,
		"files/Über.json":                   board,
		"files/日本.json":                     board,
		"files/secret.yaml":                 "kind: GlobalSecret\nmetadata: {name: s}\nspec: {basicAuth: {username: u, password: p}}\n",
		"files/bom.json":                    "\ufeff" + board,
		"files/trailing.json":               board + "\n\n",
		"files/special.json":                strings.Replace(board, `"n"`, `"n","tags":["a\u2028b \u007f: # 'x' \"y\""]`, 1),
		"files/README.md":                   "not a resource",
		"files/notes.txt":                   "not a resource",
		"files/.git/config.json":            "not a resource",
		"files/..data/x.json":               board,
		"other/not-below.json":              board,
		"filesystem/not-below-either.json":  board,
		"files/template.json":               strings.Replace(board, `"n"`, `"{{ .Release.Name }}"`, 1),
	}
}

// TestNamesAreThoseOfTheCommand compares names, keys, kinds of objects and what a reader makes of them with "perseid configmaps".
func TestNamesAreThoseOfTheCommand(t *testing.T) {
	for _, prefix := range []string{"", "shop"} {
		files := awkward()
		m, err := resources(t, files, "perseid-resources: {project: null, prefix: '"+prefix+"'}")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, o := range m.Objects {
			for key, value := range data(o) {
				if got[o.Name()] != "" {
					t.Errorf("two objects are named %s", o.Name())
				}
				got[o.Name()] = o.Kind() + " " + key + " " + canonical(t, key, value)
			}
		}
		want := map[string]string{}
		for name, text := range files {
			path, below := strings.CutPrefix(name, "files/")
			format, document := resource.FormatOf(path)
			if !below || !document || strings.HasPrefix(path, ".") {
				continue
			}
			documents, _ := resource.Decode([]byte(text), format)
			for _, d := range documents {
				made, err := configmap.Render(configmap.Document{Path: path, Index: d.Index, Body: []byte("{}"), Secret: d.Resource != nil && d.Resource.Kind.Secret}, configmap.Options{Prefix: prefix})
				if err != nil {
					t.Fatal(err)
				}
				key := made.Key
				if format == resource.YAML {
					key = strings.TrimSuffix(key, ".json") + ".yaml"
				}
				want[made.Name] = made.Kind + " " + key + " " + string(declared(d))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("prefix %q (-perseid configmaps +chart)\n%s", prefix, diff)
		}
	}
}

func data(o helm.Object) map[string]any {
	for _, field := range []string{"data", "stringData"} {
		if m, ok := o.At(field).(map[string]any); ok {
			return m
		}
	}
	return nil
}

// canonical is the one document of a value, as a reader of the ConfigMap decodes it.
func canonical(t *testing.T, key string, value any) string {
	t.Helper()
	format, _ := resource.FormatOf(key)
	documents, problems := resource.Decode([]byte(value.(string)), format)
	if len(documents) != 1 || problems.Invalid() {
		t.Errorf("%s holds %d documents: %v\n%v", key, len(documents), problems, value)
		return ""
	}
	return string(declared(documents[0]))
}

func declared(d resource.Document) []byte {
	if r := d.Resource; r != nil {
		return r.Declaration()
	}
	return d.Draft.Declaration()
}

// TestResourcesRefused: everything that is wrong is said, with the file, and at once.
func TestResourcesRefused(t *testing.T) {
	board := `{"kind":"Dashboard","metadata":{"name":"n"},"spec":{}}`
	_, err := resources(t, map[string]string{
		"files/broken.json":  `{"kind": `,
		"files/broken.yaml":  "kind: Project\n---\nkind: [",
		"files/no-kind.json": `{"metadata": {"name": "n"}}`,
		"files/empty.yaml":   "# nothing\n",
		"files/large.json":   strings.Replace(board, "{}", `{"text":"`+strings.Repeat("x", 1<<20)+`"}`, 1),
	}, "")
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{
		"broken.json: cannot be read: ", "broken.yaml (document 2): cannot be read: ", "no-kind.json: is no resource: it has no kind", "empty.yaml: holds no document",
		"large.json: has 1048639 bytes, and an object takes 1048576: divide it",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%s", want, err)
		}
	}
	for values, want := range map[string]string{
		"perseid-resources: {maxTotal: 10}":       "54 bytes in files/, more than maxTotal (10)",
		"perseid-resources: {directory: nowhere}": "nowhere/ holds no .json, .yaml or .yml file",
	} {
		if _, err := resources(t, map[string]string{"files/a.json": board}, values); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", values, err)
		}
	}
}

// TestLists stay as they are, in one object; what follows keeps its index.
func TestLists(t *testing.T) {
	m, err := resources(t, map[string]string{
		"files/list.json": `[{"kind":"Project","metadata":{"name":"a"}},{"kind":"Project","metadata":{"name":"b"}}]`,
		"files/list.yaml": "- kind: Project\n  metadata: {name: a}\n- {kind: Secret, metadata: {name: b}}\n---\nkind: Project\nmetadata: {name: c}\n",
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ConfigMap/" + configmap.Name("", "list.yaml", 2), "ConfigMap/" + configmap.Name("", "list.json", 0), "Secret/" + configmap.Name("", "list.yaml", 0)}
	if diff := cmp.Diff(want, m.Names()); diff != "" {
		t.Error(diff)
	}
}

// TestOptions, as values under an alias and handed over by the calling chart.
func TestOptions(t *testing.T) {
	c := load(t, boards)
	c.AddDependency(load(t, library))
	c.Files = []*common.File{{Name: "one/a.json", Data: []byte(`{"kind":"Project","metadata":{"name":"a"}}`)}}
	c.Templates[0].Data = []byte(`{{ include "perseid-resources.configMaps" (dict "context" . "options" (dict "directory" "one/" "label" "team/boards" "labelValue" "x"
  "labels" (dict "a" "b") "annotations" (dict "c" "d") "namespace" "elsewhere")) }}`)
	m, err := helm.Render(c, helm.Options{Release: "boards"})
	if err != nil {
		t.Fatal(err)
	}
	got := m.Objects[0].At("metadata")
	want := map[string]any{
		"name": configmap.Name("", "a.json", 0), "namespace": "elsewhere", "annotations": map[string]any{"c": "d"},
		"labels": map[string]any{"team/boards": "x", "a": "b", "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "boards"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestExampleIsServed: every document of the example is one that Perseid takes.
func TestExampleIsServed(t *testing.T) {
	err := filepath.WalkDir(boards+"/files", func(path string, d os.DirEntry, err error) error {
		format, document := resource.FormatOf(path)
		if err != nil || !document {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		documents, problems := resource.Decode(text, format)
		for _, d := range documents {
			problems = append(problems, d.Problems...)
		}
		for _, p := range problems {
			t.Errorf("%s: %s", path, p.Message)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
