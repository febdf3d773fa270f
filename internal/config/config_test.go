package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
)

const ownKey = "0123456789abcdefghijklmnopqrstuv"

// load reads text as a file, with an environment, and returns the problems with the file's name cut to "config.yaml".
func load(t *testing.T, text string, environ ...string) (*Config, []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, problems := Load(Options{File: path, Environ: environ})
	return c, lines(problems, filepath.Dir(path)+"/")
}

func lines(problems problem.List, cut string) []string {
	var out []string
	for _, p := range problems {
		out = append(out, string(p.Severity)+" "+strings.ReplaceAll(p.String(), cut, ""))
	}
	return out
}

// quiet is a file without the warning about the encryption key.
func quiet(text string) string { return "security: {encryption_key: " + ownKey + "}\n" + text }

func TestDefaultJSON(t *testing.T) {
	c, problems := Load(Options{})
	if problems.Invalid() {
		t.Fatal(problems)
	}
	want, err := os.ReadFile("testdata/default.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\n", ""), string(c.JSON())); diff != "" {
		t.Error(diff)
	}
}

// Each problem of a file is reported, with its place and what to do.
func TestEverythingWrongAtOnce(t *testing.T) {
	_, got := load(t, `securty: {}
security:
  readonly: maybe
  encryption_key: short
  cookie: {same_site: laxx}
database:
  file: {folder: ./db, extension: toml, caseSensitive: true}
provisioning:
  interval: 1x
  folders: /data
frontend:
  banner: {severity: info}
  time_range: {options: [5m, 1m1h]}
datasource:
  disable_local: true
  disable_local: false
delivery:
  adopt: sometimes
  sources: [{priority: high}]
`)
	want := []string{
		`error config.yaml:1:1: securty: unknown key "securty" (did you mean security?)`,
		`error config.yaml:3:13: security.readonly: expected true or false, found "maybe"`,
		`error config.yaml:5:23: security.cookie.same_site: "laxx" is not one of lax, strict, none (did you mean lax?)`,
		`error config.yaml:7:35: database.file.extension: "toml" is not one of yaml, json`,
		`error config.yaml:7:41: database.file.caseSensitive: unknown key "caseSensitive" (did you mean case_sensitive?)`,
		`error config.yaml:9:13: provisioning.interval: unknown unit "x" in duration "1x" (write a duration such as 30s, 5m or 1h30m)`,
		`error config.yaml:10:12: provisioning.folders: expected a list, found a single value`,
		`error config.yaml:13:30: frontend.time_range.options[1]: not a valid duration string: "1m1h" (write a duration such as 30s, 5m or 1h30m)`,
		`error config.yaml:16:3: datasource.disable_local: key "disable_local" is given twice (keep one of them)`,
		`error config.yaml:18:10: delivery.adopt: "sometimes" is not one of always, equal, never`,
		`error config.yaml:19:24: delivery.sources[0].priority: expected a whole number, found "high"`,
		`error config.yaml:4:19: security.encryption_key: the encryption key has 5 bytes (it must have exactly 32)`,
		`error config.yaml:12:11: frontend.banner.message: the banner has no message (write one, or remove the banner)`,
		`error config.yaml:19:13: delivery.sources[0]: the source names nothing to read (give it a directory: {path: ...}, configmaps: {namespaces: [...]}, or artifact: {reference: ...})`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnreadable(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.yaml")
	_, problems := Load(Options{File: missing})
	if got := problems[0].String(); len(problems) != 1 || got != missing+": read configuration: no such file or directory" {
		t.Error(got)
	}
	if _, got := load(t, "a: [\n"); !strings.HasPrefix(got[0], "error config.yaml:") || !strings.Contains(got[0], "parse YAML") || len(got) != 1 {
		t.Error(got)
	}
	if _, got := load(t, "# "+strings.Repeat("x", maxFileBytes)); !strings.Contains(got[0], "larger than") {
		t.Errorf("%.80s", got[0])
	}
}

func TestNormalised(t *testing.T) {
	c, got := load(t, quiet(`
api_prefix: perses/
provisioning: {interval: 0}
datasource: {global: {disable: true}, project: {disable: true}}
ephemeral_dashboard: {enable: true}
frontend: {time_range: {options: [1h, 5m]}}
`))
	if got != nil {
		t.Error(got)
	}
	if c.APIPrefix != "/perses" || c.Provisioning.Interval != hour || c.EphemeralDashboard.CleanupInterval != day {
		t.Errorf("prefix %q, interval %s, cleanup %s", c.APIPrefix, c.Provisioning.Interval, c.EphemeralDashboard.CleanupInterval)
	}
	wantOff := map[string]bool{"GlobalDatasource": true, "Datasource": true, "GlobalVariable": true, "Variable": true}
	if diff := cmp.Diff(wantOff, c.DisabledKinds()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Duration{5 * minute, hour}, c.Frontend.TimeRange.Options); diff != "" {
		t.Error(diff)
	}
}

func TestOptionsWin(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte("database: {file: {folder: a, extension: json}}\nprovisioning: {folders: [one]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _ := Load(Options{File: path, Environ: []string{"PERSES_DATABASE_FILE_FOLDER=b"}, Database: "c", Folders: []string{"two"}})
	if diff := cmp.Diff(File{Folder: "c", Extension: "json"}, *c.Database.File); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"one", "two"}, c.Provisioning.Folders); diff != "" {
		t.Error(diff)
	}
}
