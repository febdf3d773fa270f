package cli

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/resource"
)

func TestResourceOf(t *testing.T) {
	for args, want := range map[[3]string]string{
		{"dashboard", "cpu", "demo"}:     "resources/projects/demo/dashboards/cpu",
		{"Dashboards", "demo/cpu", ""}:   "resources/projects/demo/dashboards/cpu",
		{"dash", "demo/cpu", "demo"}:     "resources/projects/demo/dashboards/cpu",
		{"gdts", "prometheus", ""}:       "resources/globaldatasources/prometheus",
		{"project", "demo", ""}:          "resources/projects/demo",
		{"dashboard", "cpu", ""}:         "a dashboard is in a project",
		{"dashboard", "demo/cpu", "b"}:   "demo/cpu is in project demo, and --project says b",
		{"globaldatasource", "x", "p"}:   "a globaldatasource is in no project",
		{"dashbord", "cpu", "demo"}:      `"dashbord" is no kind: expected one of project,`,
		{"dashboard", "a/b/c", ""}:       "is not a correct name",
		{"dashboard", "", "demo"}:        "name cannot be empty",
		{"dashboard", "..", "demo"}:      "must not begin or end with a dot",
		{"globalvariable", "a?full", ""}: "is not a correct name",
	} {
		s, err := resourceOf(args[0], args[1], args[2])
		switch {
		case err != nil && codeOf(err) != exitUsage:
			t.Errorf("%v: exit code %d for %v", args, codeOf(err), err)
		case err != nil && !strings.Contains(err.Error(), want):
			t.Errorf("%v: %v, want %s", args, err, want)
		case err == nil && s.path() != want:
			t.Errorf("%v: %s, want %s", args, s.path(), want)
		}
	}
}

// Every word that percli takes for a kind names one here, and only one.
func TestKindOf(t *testing.T) {
	for _, k := range resource.Kinds() {
		for _, word := range append([]string{k.Name, k.Plural, strings.ToUpper(k.Plural)}, k.Aliases...) {
			if got, err := kindOf(word); err != nil || got != k {
				t.Errorf("%s: %v, %v; want %s", word, got, err, k.Name)
			}
		}
	}
}

// A source is one path element, whatever its name.
func TestSourcePath(t *testing.T) {
	if got := (subject{source: "dir:/srv/a b?c"}).path(); got != "sources/dir:%2Fsrv%2Fa%20b%3Fc" {
		t.Error(got)
	}
}

// What commands suggest can be pasted into a shell.
func TestShellQuoted(t *testing.T) {
	for _, word := range []string{"dir:/srv/a", "two words", "it's", "$HOME", "", "a;b", "é", "-x", "~", "#a"} {
		quoted := shellQuoted(word)
		out, err := exec.Command("sh", "-c", "printf %s "+quoted).Output()
		if err != nil || string(out) != word {
			t.Errorf("%q is quoted %s, which a shell reads as %q (%v)", word, quoted, out, err)
		}
	}
	if got := shellQuoted("dir:/srv/a"); got != "dir:/srv/a" {
		t.Errorf("%s is quoted without need", got)
	}
}
