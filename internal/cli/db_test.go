package cli

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// run types a command and returns everything it printed.
func run(args ...string) (string, int) {
	var text screen
	code := Run(context.Background(), args, Env{Stdin: &bytes.Buffer{}, Stdout: &text, Stderr: &text})
	return text.String(), code
}

func mustRun(t *testing.T, want string, args ...string) {
	t.Helper()
	if text, code := run(args...); code != exitDone || !strings.Contains(text, want) {
		t.Errorf("%v: code %d, and %q is not in\n%s", args, code, want, text)
	}
}

// A database is made, checked, backed up, restored, damaged and handed over.
func TestDatabaseCommands(t *testing.T) {
	dir := t.TempDir()
	db, backup, restored := filepath.Join(dir, "db"), filepath.Join(dir, "b.tar"), filepath.Join(dir, "restored")
	t.Run("serve", func(t *testing.T) {
		url := startServe(t, "--database", db)
		answer, err := http.Post(url+"/api/v1/projects", "application/json", strings.NewReader(`{"kind":"Project","metadata":{"name":"demo"},"spec":{}}`))
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatal(answer, err)
		}
		answer.Body.Close()
		if text, code := run("db", "backup", db, backup); code != exitFailed {
			t.Errorf("backup of a database that is open: code %d: %s", code, text)
		}
	})
	if _, err := os.Stat(backup); err == nil {
		t.Error("a backup that failed was left behind")
	}
	mustRun(t, "1 readable document", "db", "check", db)
	mustRun(t, "is a backup of", "db", "backup", db, backup)
	if text, code := run("db", "backup", db, backup); code != exitFailed || !strings.Contains(text, "file exists") {
		t.Errorf("backup over a file: code %d: %s", code, text)
	}
	mustRun(t, "is restored from", "db", "restore", backup, restored)
	mustRun(t, "1 readable document", "db", "check", restored)
	if text, code := run("db", "restore", backup, restored); code != exitFailed {
		t.Errorf("restore over a database: code %d: %s", code, text)
	}
	mustRun(t, "can be handed over", "db", "release", restored)

	if err := os.WriteFile(filepath.Join(restored, "projects", "demo.yaml"), []byte("kind: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, code := run("db", "check", restored); code != exitInvalid || !strings.Contains(text, "error: projects/demo.yaml: ") {
		t.Errorf("check of a damaged database: code %d: %s", code, text)
	}
	mustRun(t, "would be done; run it again with --apply", "db", "repair", restored)
	if text, code := run("db", "check", restored); code != exitInvalid {
		t.Errorf("check after a repair that was only asked for: code %d: %s", code, text)
	}
	mustRun(t, "moved to quarantine: line 1: not YAML", "db", "repair", restored, "--apply")
	mustRun(t, "no problems", "db", "check", restored)
	mustRun(t, "There is nothing to mend.", "db", "repair", restored)
	mustRun(t, `"applied": true`, "db", "repair", restored, "--apply", "-o", "json")
	for _, args := range [][]string{{"check", dir + "/none"}, {"repair", dir + "/none"}, {"release", dir + "/none"}, {"backup", dir + "/none", dir + "/x"}, {"restore", dir + "/none", dir + "/y"}} {
		if text, code := run(append([]string{"db"}, args...)...); code != exitFailed || !strings.Contains(text, "no such file") {
			t.Errorf("%v: code %d: %s", args, code, text)
		}
	}
}
