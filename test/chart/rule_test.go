package chart_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const alerts = "../../docs/alerts.yaml"

// TestAlertsAreThoseOfTheDocuments: a chart can read only what lies in it, so it has a copy.
func TestAlertsAreThoseOfTheDocuments(t *testing.T) {
	text, err := os.ReadFile(alerts)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, server+"/files/alerts.yaml", string(text))
}

// TestEveryAlertHasARunbook that leads to a heading of a page.
func TestEveryAlertHasARunbook(t *testing.T) {
	const pages = "https://github.com/perseid-dev/perseid/blob/main/"
	rule := render(t, "prometheusRule: {enabled: true}").Find("PrometheusRule", "perses")
	groups, _ := rule.At("spec", "groups").([]any)
	seen := 0
	for i := range groups {
		rules, _ := rule.At("spec", "groups", i, "rules").([]any)
		for j := range rules {
			seen++
			name, link := rule.Text("spec", "groups", i, "rules", j, "alert"), rule.Text("spec", "groups", i, "rules", j, "annotations", "runbook_url")
			page, heading, _ := strings.Cut(strings.TrimPrefix(link, pages), "#")
			text, err := os.ReadFile("../../" + page)
			if err != nil || !strings.HasPrefix(link, pages) {
				t.Errorf("%s: the runbook %q is no page of ours: %v", name, link, err)
				continue
			}
			if !hasHeading(string(text), heading) {
				t.Errorf("%s: %s has no heading #%s", name, page, heading)
			}
		}
	}
	if seen < 8 {
		t.Errorf("the rule has %d alerts", seen)
	}
	if beside := render(t, "server: perses\nprometheusRule: {enabled: true}"); has(beside, "name: perseid-delivery") || !has(beside, "name: perseid-sidecar") {
		t.Errorf("beside Perses only the alerts of the sidecar can be raised:\n%s", beside.Text)
	}
}

// hasHeading says whether a page has a heading with this anchor, as GitHub makes it.
func hasHeading(page, anchor string) bool {
	for line := range strings.SplitSeq(page, "\n") {
		if text, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			slug := strings.Map(func(r rune) rune {
				switch {
				case r == ' ':
					return '-'
				case r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
					return r
				}
				return -1
			}, strings.ToLower(strings.TrimSpace(text)))
			if slug == anchor {
				return true
			}
		}
	}
	return false
}

// TestPromtool has Prometheus check the rules, and try each alert on figures that should raise it, and on some that should not.
func TestPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed (Debian's package prometheus has it), so Prometheus does not check the alerts")
	}
	rule := render(t, "prometheusRule: {enabled: true, groups: [{name: ours, rules: [{alert: Ours, expr: vector(1)}]}]}").Find("PrometheusRule", "perses")
	text, err := yaml.Marshal(rule.At("spec"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "rules.yaml"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	cases, err := os.ReadFile("testdata/alerts_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "test.yaml"), cases, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"check", "rules", "rules.yaml"}, {"test", "rules", "test.yaml"}} {
		run := exec.CommandContext(t.Context(), promtool, args...)
		run.Dir = dir
		if out, err := run.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %s\n%s", strings.Join(args, " "), err, out)
		}
	}
}
