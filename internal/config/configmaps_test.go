package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// R2: sources of several sorts stand beside each other, in the order of the file.
func TestConfigMapsBesideDirectories(t *testing.T) {
	c, problems := load(t, quiet(`
provisioning: {folders: [a]}
delivery:
  on_invalid: hold
  sources:
    - configmaps: {}
    - {name: teams, priority: -1, configmaps: {namespaces: ["*"], label: example.com/dash, label_value: "", resources: both, kubeconfig: k}}
`))
	if problems != nil {
		t.Fatal(problems)
	}
	own := SourceConfig{
		Name: "configmaps:perses.dev/resource=true", Interval: time.Hour, Watch: true, OnInvalid: Skip,
		Location: &ConfigMaps{Label: "perses.dev/resource", LabelValue: "true", Resources: OnlyConfigMaps},
		Prune:    true, Settle: 30 * time.Second, Delay: 2 * time.Second,
	}
	teams := own
	teams.Name, teams.Priority = "teams", -1
	teams.Location = &ConfigMaps{Namespaces: []string{"*"}, Label: "example.com/dash", Resources: Both, Kubeconfig: "k"}
	if diff := cmp.Diff([]SourceConfig{own, teams}, c.Sources()[1:]); diff != "" {
		t.Error(diff)
	}
	for i, want := range []string{
		"a",
		"configmaps with perses.dev/resource=true in its own namespace",
		"configmaps and secrets with example.com/dash in all namespaces of the cluster in k",
	} {
		if got := c.Sources()[i].Location.String(); got != want {
			t.Errorf("source %d is %q, want %q", i, got, want)
		}
	}
}

func TestConfigMapsProblems(t *testing.T) {
	for text, want := range map[string]string{
		"{configmaps: {namespaces: [a, '*']}}":   `[0].configmaps.namespaces[1]: "*" stands for every namespace, and others are named beside it (keep the one or the others)`,
		"{configmaps: {namespaces: [A_b]}}":      `[0].configmaps.namespaces[0]: "A_b" is not the name of a namespace (name each as it is, or write "*" for all of them)`,
		"{configmaps: {namespaces: [a, a]}}":     `[0].configmaps.namespaces[1]: "a" is listed twice (remove one)`,
		"{configmaps: {label: 'a in (b)'}}":      `[0].configmaps.label: "a in (b)" is not the name of a label (write it as in perses.dev/resource)`,
		"{configmaps: {label_value: 'a,b'}}":     `[0].configmaps.label_value: "a,b" is not the value of a label (use at most 63 letters, digits, dashes, underscores and dots)`,
		"{configmaps: {resources: secret}}":      `[0].configmaps.resources: "secret" is not one of configmaps, secrets, both (did you mean secrets?)`,
		"{configmaps: {}, on_invalid: hold}":     `[0].on_invalid: one namespace's mistake would hold back every other namespace (remove it: ConfigMaps skip what is invalid)`,
		"{configmaps: {}, pin: v1}":              `[0].pin: ConfigMaps have no releases to stay at (remove it)`,
		"{configmaps: {}, require_index: true}":  `[0].require_index: ConfigMaps have no index (remove it)`,
		"{configmaps: {}, directory: {path: a}}": `[0]: the source names directory and configmaps (make it one source for each)`,
		"{configmaps: {}}, {configmaps: {}}":     `[1].configmaps: an earlier entry is already about configmaps with perses.dev/resource=true in its own namespace (merge the two)`,
		"{directory: {path: ''}}":                `[0].directory: the directory has no path (write one, or remove the entry)`,
		"{configmaps: {namespace: a}}":           `[0].configmaps.namespace: unknown key "namespace" (did you mean namespaces?)`,
		"{name: x, configmaps: {namespaces: [a]}}, {name: x, configmaps: {namespaces: [b]}}": `: configmaps with perses.dev/resource=true in a and ` +
			`configmaps with perses.dev/resource=true in b are both named "x" (names of sources are unique)`,
	} {
		_, got := load(t, quiet("delivery: {sources: ["+text+"]}"))
		if len(got) != 1 || withoutPlace(got[0]) != "delivery.sources"+want {
			t.Errorf("%s:\n got %q\nwant %q", text, got, want)
		}
	}
}

// R35: rules are read strictly, and kinds get their canonical spelling.
func TestR35Rules(t *testing.T) {
	c, problems := load(t, quiet(`
delivery:
  tenancy:
    - {namespaces: ["team-*"], projects: ["{namespace}", "{namespace}-*"]}
    - {namespaces: [monitoring], kinds: [globaldatasource]}
    - {namespaces: [platform], projects: ["*"], kinds: ["*"]}
`))
	if problems != nil {
		t.Fatal(problems)
	}
	want := []Tenancy{
		{Namespaces: []string{"team-*"}, Projects: []string{"{namespace}", "{namespace}-*"}},
		{Namespaces: []string{"monitoring"}, Kinds: []string{"GlobalDatasource"}},
		{Namespaces: []string{"platform"}, Projects: []string{"*"}, Kinds: []string{"*"}},
	}
	if diff := cmp.Diff(want, c.Delivery.Tenancy); diff != "" {
		t.Error(diff)
	}
	for text, want := range map[string]string{
		"{projects: [a]}":                                 `[0]: the rule is about no namespace (name some: namespaces: [team-a], or ["*"])`,
		"{namespaces: [a]}":                               `[0]: the rule names no project, so it allows nothing in one (name some: projects: ["{namespace}"], or ["*"])`,
		"{namespaces: [a], kinds: [Dashboard]}":           `[0]: the rule names no project, so it allows nothing in one (name some: projects: ["{namespace}"], or ["*"])`,
		"{namespaces: ['[a'], projects: [p]}":             `[0].namespaces[0]: "[a" is neither a name nor a pattern (use letters, digits, dashes and *)`,
		"{namespaces: [a], projects: ['']}":               `[0].projects[0]: "" is neither a name nor a pattern (use letters, digits, dashes and *)`,
		"{namespaces: [a], projects: [p], kinds: [Dash]}": `[0].kinds[0]: "Dash" is not a kind that can be delivered`,
	} {
		_, got := load(t, quiet("delivery: {tenancy: ["+text+"]}"))
		if len(got) != 1 || withoutPlace(got[0]) != "delivery.tenancy"+want {
			t.Errorf("%s:\n got %q\nwant %q", text, got, want)
		}
	}
}

// withoutPlace cuts severity, file, line and column off a problem's line.
func withoutPlace(line string) string {
	_, text, _ := strings.Cut(line, ": ")
	return text
}
