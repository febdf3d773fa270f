package cli

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// R26: the token is sent, and only its file is ever named.
func TestToken(t *testing.T) {
	var sent atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent.Store(r.Header.Get("Authorization"))
		_, _ = w.Write([]byte(map[bool]string{true: "{}", false: "[]"}[strings.HasSuffix(r.URL.Path, "/database")]))
	}))
	defer server.Close()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good", "hush-hush\n")
	mustRun(t, "no sources", "status", "--server", server.URL, "--token-file", good)
	if got := sent.Load(); got != "Bearer hush-hush" {
		t.Errorf("sent %q", got)
	}
	for name, text := range map[string]string{"empty": " \n", "two lines": "hush-hush\nmore", "long": strings.Repeat("hush-hush", 4000)} {
		path := file(name, text)
		if said, code := run("status", "--server", server.URL, "--token-file", path); code != exitUsage || !strings.Contains(said, path) || strings.Contains(said, "hush") {
			t.Errorf("%s: code %d: %s", name, code, said)
		}
	}
	var out screen
	e := Env{Stdout: &out, Stderr: &out, Environ: []string{"PERSEID_SERVER=" + server.URL, "PERSEID_TOKEN_FILE=" + good}}
	sent.Store("")
	if code := Run(context.Background(), []string{"status"}, e); code != exitDone || sent.Load() != "Bearer hush-hush" {
		t.Errorf("code %d, sent %q: %s", code, sent.Load(), out.String())
	}
}

// A command that follows a server asks again when an answer fails, with what it knew before, and ends with the first refusal.
func TestFollow(t *testing.T) {
	answers := []struct {
		status int
		tag    string // that must be asked with
	}{{200, ""}, {304, `"1"`}, {503, `"1"`}, {200, ""}, {403, `"1"`}}
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := answers[min(int(asked.Add(1)), len(answers))-1]
		if got := r.Header.Get("If-None-Match"); got != answer.tag {
			t.Errorf("answer %d: asked with %q, want %q", asked.Load(), got, answer.tag)
		}
		w.Header().Set("ETag", `"1"`)
		w.WriteHeader(answer.status)
		if answer.status == http.StatusOK {
			_ = json.NewEncoder(w).Encode([]delivery.Source{{Name: "a"}})
		}
	}))
	defer server.Close()
	c, err := newClient(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	var said screen
	seen := 0
	err = c.follow(t.Context(), Env{Stderr: &said}, false, func(sources []delivery.Source) (bool, error) {
		if len(sources) != 1 {
			t.Errorf("%v", sources)
		}
		seen++
		return false, nil
	})
	if codeOf(err) != exitAuthentication || int(asked.Load()) != len(answers) || seen != 3 {
		t.Errorf("%v after %d answers, of which %d were seen", err, asked.Load(), seen)
	}
	if !strings.Contains(said.String(), "503 Service Unavailable; trying again") {
		t.Errorf("said %q", said.String())
	}
}

// Only who is patient waits for a server that was never there.
func TestFollowWithoutAServer(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	text, code := run("reconcile", "--wait", "--server", server.URL)
	if code != exitFailed || !strings.Contains(text, "ask "+server.URL+": ") || !strings.Contains(text, "PERSEID_SERVER") {
		t.Errorf("code %d: %s", code, text)
	}
	text, code = run("wait", "--source", "a", "--timeout", "50ms", "--server", server.URL)
	if code != exitFailed || !strings.Contains(text, "trying again") || !strings.Contains(text, "time is up after 50ms: the server gave no answer") {
		t.Errorf("code %d: %s", code, text)
	}
}
