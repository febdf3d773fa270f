package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// screen is standard error that can be read while it is written.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

var servingAt = regexp.MustCompile(`msg=serving address=(\S+)`)

// startServe runs serve until the test ends, and returns its URL.
func startServe(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	errs, code := &screen{}, make(chan int, 1)
	go func() {
		code <- Run(ctx, append([]string{"serve", "-web.listen-address=127.0.0.1:0"}, args...), Env{Stdout: errs, Stderr: errs})
	}()
	t.Cleanup(func() {
		cancel()
		if got := <-code; got != exitDone {
			t.Errorf("serve: exit code %d\n%s", got, errs)
		}
	})
	var url string
	eventually(t, func() bool {
		found := servingAt.FindStringSubmatch(errs.String())
		if found != nil {
			url = "http://" + found[1]
		}
		return found != nil
	}, errs.String)
	return url
}

func eventually(t *testing.T, done func() bool, state func() string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s; now: %s", state())
		}
	}
}

func TestServeAndStatus(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "source")
	for name, text := range map[string]string{
		"project.yaml": "{kind: Project, metadata: {name: demo}, spec: {}}",
		"good.yaml":    "{kind: Dashboard, metadata: {project: demo, name: good}, spec: {panels: {}, layouts: [], duration: 1h}}",
		"bad.yaml":     "kind: Dashboard\nmetadata: {project: demo, name: bad}\nspec: {panels: {}, layouts: [], duration: soon}",
	} {
		if err := os.MkdirAll(source, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(source, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	url := startServe(t, "--database", filepath.Join(dir, "db"), source)
	status := func(args ...string) (string, int) {
		var out, errs bytes.Buffer
		code := Run(context.Background(), append([]string{"status", "--server", url}, args...), Env{Stdout: &out, Stderr: &errs})
		return out.String() + errs.String(), code
	}
	var text string
	eventually(t, func() bool {
		text, _ = status()
		return strings.Contains(text, "degraded")
	}, func() string { return text })
	for _, want := range []string{"invalid   dashboard demo/bad", "error: 3:43: spec.duration: "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "demo/good") {
		t.Errorf("a document that is well is shown:\n%s", text)
	}
	if all, _ := status("--all"); !strings.Contains(all, "dashboard demo/good") {
		t.Errorf("--all leaves one out:\n%s", all)
	}
	if one, code := status("dir:"+source, "-o", "json"); code != exitDone || !strings.Contains(one, `"state": "degraded"`) {
		t.Errorf("code %d\n%s", code, one)
	}
	if none, code := status("elsewhere"); code != exitFailed || !strings.Contains(none, `no source "elsewhere"`) {
		t.Errorf("code %d\n%s", code, none)
	}
}

// An address that is taken is known before anything is served.
func TestServeFailsOnATakenAddress(t *testing.T) {
	url := startServe(t, "--database", t.TempDir())
	var errs screen
	code := Run(context.Background(), []string{"serve", "--database", t.TempDir(), "--web.listen-address", strings.TrimPrefix(url, "http://")}, Env{Stderr: &errs})
	if code != exitFailed || !strings.Contains(errs.String(), "address already in use") {
		t.Errorf("code %d: %s", code, errs.String())
	}
}
