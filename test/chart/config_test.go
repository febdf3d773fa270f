package chart_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/test/chart/helm"
)

// TestPerseidTakesItsConfiguration loads the configuration of every values file that runs Perseid, with the variables of its container.
func TestPerseidTakesItsConfiguration(t *testing.T) {
	for _, e := range examples(t, "values") {
		t.Run(e.name, func(t *testing.T) {
			m, err := helm.Render(load(t, server), e.options())
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(m.Text, "name: perseid\n") {
				t.Skip("it runs Perses")
			}
			for _, p := range perseidReads(t, m) {
				t.Errorf("%s: %s: %s", p.Origin, p.Path, p.Message)
			}
		})
	}
}

// perseidReads are the problems that Perseid has with its configuration. That it encrypts with a key everybody knows is said in the notes.
func perseidReads(t *testing.T, m *helm.Manifests) (problems problem.List) {
	t.Helper()
	var text string
	for _, o := range m.Objects {
		if o.Kind() == "ConfigMap" && o.Text("data", "config.yaml") != "" {
			text = o.Text("data", "config.yaml")
		}
	}
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, all := config.Load(config.Options{File: file})
	for _, p := range all {
		if p.Path != "security.encryption_key" {
			problems = append(problems, p)
		}
	}
	return problems
}

var reference = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\|")

// TestEverySettingCanBeWritten takes each key of the generated reference, which is held to the configuration's own tables: the schema does
// not refuse it, and it reaches the configuration file.
func TestEverySettingCanBeWritten(t *testing.T) {
	page, err := os.ReadFile("../../docs/reference/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	keys := reference.FindAllStringSubmatch(string(page), -1)
	if len(keys) < 70 {
		t.Fatalf("the reference has %d keys", len(keys))
	}
	for _, row := range keys {
		key, kind := row[1], strings.TrimSpace(row[2])
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			values := map[string]any{"config": setting(strings.Split(key, "."), sample(kind))}
			if key == "database.sql" {
				values = merged(values, parse(t, "config: {database: {file: null}}"))
			}
			m, err := helm.Render(load(t, server), helm.Options{Values: values})
			if err != nil {
				t.Fatal(err)
			}
			checkSetting(t, m, key)
		})
	}
}

// checkSetting finds a key in the configuration file; secrets are variables, and enable_watch of Perses is one.
func checkSetting(t *testing.T, m *helm.Manifests, key string) {
	var written map[string]any
	if err := yaml.Unmarshal([]byte(m.Find("ConfigMap", "perses").Text("data", "config.yaml")), &written); err != nil {
		t.Fatal(err)
	}
	var at any = written
	for _, step := range strings.Split(key, ".") {
		name, list := strings.CutSuffix(step, "[]")
		mapping, _ := at.(map[string]any)
		if at = mapping[name]; list {
			elements, _ := at.([]any)
			if len(elements) == 0 {
				t.Fatalf("%s is not in\n%v", key, written)
			}
			at = elements[0]
		}
	}
	if at == nil && key != "security.encryption_key" {
		t.Errorf("%s is not in\n%v", key, written)
	}
}

// setting nests a value; a step that ends in [] is a list of one.
func setting(path []string, value any) map[string]any {
	if len(path) > 1 {
		value = setting(path[1:], value)
	}
	name, list := strings.CutSuffix(path[0], "[]")
	if list {
		value = []any{value}
	}
	return map[string]any{name: value}
}

// sample is a value of a type, as the reference names types.
func sample(kind string) any {
	switch kind {
	case "boolean":
		return true
	case "number":
		return 1
	case "list":
		return []any{"a"}
	case "mapping":
		return map[string]any{"a": "b"}
	case "duration":
		return "90s"
	}
	if first, _, enum := strings.Cut(strings.TrimPrefix(kind, "`"), "`"); enum {
		return first
	}
	return "a"
}
