package scenario

import (
	"net/http"
	"os"
	"testing"
)

// What would change where data lives, or who may read or write, is refused where it is not served, and nothing is opened.
func TestR28NothingFailsOpen(t *testing.T) {
	for key, value := range map[string]any{
		"security.enable_auth":        true,
		"database.sql":                map[string]any{"addr": "localhost:3306", "db_name": "perses"},
		"dashboard.custom_lint_rules": []any{map[string]any{"name": "x", "target": "$.kind", "assertion": "true"}},
		"security.unknown":            true,
		"provisioning.prune":          true,
	} {
		t.Run(key, func(t *testing.T) {
			w := newWorld(t, "src")
			w.fill("src", 1)
			w.set(key, value)
			w.refuses(5, key)
			if _, err := os.Stat(w.database); !os.IsNotExist(err) {
				t.Errorf("the database was made all the same: %v", err)
			}
		})
	}
}

// What restricts and is served, restricts.
func TestR28SwitchesAreServed(t *testing.T) {
	w := newWorld(t, "src")
	w.set("security.readonly", true)
	w.set("datasource.disable_local", true)
	w.fill("src", 1)
	w.start()
	w.serves("d00", "1")
	for _, a := range []answer{
		w.do(http.MethodPost, dashboards, dashboardJSON("new", "1")),
		w.do(http.MethodDelete, dashboards+"/d00", ""),
		w.put("d00", "1"),
	} {
		if a.status/100 != 4 {
			t.Errorf("a read-only server answers a write with %d %s", a.status, a.body)
		}
	}
	if w.title("d00") != "1" {
		t.Error("a read-only server lost its dashboard")
	}
}
