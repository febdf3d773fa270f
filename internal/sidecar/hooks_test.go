package sidecar

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// scripted makes hooks that run a shell script, and gives their log.
func scripted(t *testing.T, script string, environ ...string) (*hooks, *bytes.Buffer) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script.sh")
	if err := os.WriteFile(path, []byte(script), 0o644); err != nil { // not executable: sh runs it
		t.Fatal(err)
	}
	c := parse(t, append(environ, "SCRIPT="+path, "LOG_LEVEL=DEBUG")...)
	log := &bytes.Buffer{}
	return newHooks(c, c.NewLogger(log), newRequester(&c.request, nil)), log
}

func TestScript(t *testing.T) {
	h, log := scripted(t, "echo Hello\necho oops >&2\nexit 3\n")
	h.changed(2, false)
	h.drain(context.Background())
	if strings.Count(log.String(), "Script stdout: Hello") != 2 || !strings.Contains(log.String(), "Script failed with error: exit status 3") {
		t.Error(log)
	}
	if counts, _ := h.state(time.Now()); counts[hookResult{"script", "failed"}] != 2 {
		t.Error(counts)
	}
}

func TestScriptThatHangs(t *testing.T) {
	h, log := scripted(t, "sleep 1000 & wait\n", "SCRIPT_TIMEOUT=0.1")
	h.changed(1, false)
	h.drain(context.Background())
	if !strings.Contains(log.String(), "Script failed with error: ") {
		t.Error(log)
	}
}

func TestRequestHook(t *testing.T) {
	var mu sync.Mutex
	var got []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.Method+" "+string(body)+" "+r.Header.Get("Content-Type"))
		io.WriteString(w, "thanks")
	}))
	defer s.Close()
	for environ, want := range map[string]string{
		"":                                       "GET  ",
		"REQ_METHOD=POST":                        "POST  ",
		"REQ_METHOD=POST REQ_PAYLOAD={\"a\":1}":  `POST {"a":1} application/json`,
		"REQ_METHOD=POST REQ_PAYLOAD=hello":      `POST "hello" application/json`,
		"REQ_METHOD=PUT":                         "",
		"REQ_METHOD=POST REQ_USERNAME=only-this": "POST  ",
	} {
		got = nil
		c := parse(t, append(strings.Fields(environ), "REQ_URL="+s.URL+"/reload?token=secret")...)
		log := &bytes.Buffer{}
		h := newHooks(c, c.NewLogger(log), newRequester(&c.request, nil))
		h.changed(1, true)
		h.changed(1, false)
		h.drain(context.Background())
		if strings.Join(got, "|") != want {
			t.Errorf("%s: sent %q, want %q", environ, got, want)
		}
		if want != "" && !strings.Contains(log.String(), "Response: 200 OK thanks") || strings.Contains(log.String(), "token=secret") {
			t.Error(log)
		}
	}
}

func TestDebounce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := parse(t, "HOOK_DEBOUNCE=2", "REQ_URL=http://unused", "REQ_METHOD=none")
		h := newHooks(c, c.NewLogger(io.Discard), nil)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); h.run(ctx) }()
		made := func() int { counts, _ := h.state(time.Now()); return counts[hookResult{"request", "failed"}] }
		for range 5 {
			h.changed(3, false)
			time.Sleep(time.Second)
		}
		if n := made(); n != 0 {
			t.Errorf("%d calls while changes keep coming", n)
		}
		time.Sleep(3 * time.Second)
		if n := made(); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}
		for range 25 {
			h.changed(1, false)
			time.Sleep(time.Second)
		}
		if n := made(); n < 2 {
			t.Error("changes that do not end keep the hooks waiting for ever")
		}
		cancel()
		<-done
	})
}
