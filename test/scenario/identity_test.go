package scenario

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// Two names that are one name to a case-insensitive database are one resource, and both authors are told.
func TestR1NamesThatDifferByCase(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.write("src/a.yaml", dashboard("MyDash", "upper"))
	w.write("src/b.yaml", dashboard("mydash", "lower"))
	w.start()
	w.serves("mydash", "lower")
	w.wants(http.StatusOK, `"name":"mydash"`, w.get(dashboards+"/MYDASH"))
	loser := w.becomes("src", "mydash", delivery.Shadowed)
	if len(loser.Problems) != 1 || !strings.Contains(loser.Origin, "a.yaml") || !strings.Contains(loser.Problems[0].Message, "b.yaml") {
		t.Errorf("the conflict does not name both places: %+v", loser)
	}
}

func TestR1CaseSensitiveDatabaseHoldsBoth(t *testing.T) {
	w := newWorld(t, "src")
	w.set("database.file.case_sensitive", true)
	w.write("src/all.yaml", projectP+"---\n"+dashboard("MyDash", "upper")+"---\n"+dashboard("mydash", "lower"))
	w.start()
	w.serves("mydash", "lower")
	w.serves("MyDash", "upper")
}

func TestR2OnePathIsOneSource(t *testing.T) {
	w := newWorld(t, "src")
	w.set("provisioning.folders", []string{w.path("src")})
	w.write("src/all.yaml", projectP+"---\n"+dashboard("a", "1"))
	w.start()
	w.serves("a", "1")
	if body := w.get("/api/delivery/v1/sources").body; strings.Count(body, `"location"`) != 1 {
		t.Errorf("want one source, of the name it has in delivery.sources: %s", body)
	}
	w.inState("src", delivery.Ready)
}

func TestR2SourcesOfOneName(t *testing.T) {
	w := newWorld(t, "src", "src2")
	w.option(1, "name", "src")
	w.refuses(5, "both named")
}

func TestR4OriginIsTheFile(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.write("src/team/a.yaml", dashboard("a", "1"))
	w.start()
	w.serves("a", "1")
	origin := filepath.Join(w.path("src"), "team/a.yaml")
	w.wants(http.StatusForbidden, "is managed by src ("+origin+")", w.do(http.MethodDelete, dashboards+"/a", ""))
	if got := w.becomes("src", "a", delivery.Applied).Origin; got != origin {
		t.Errorf("origin %q, want %q", got, origin)
	}
}
