package server

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/delivery"
)

// patience is how long a test waits for something that should happen soon.
const patience = 15 * time.Second

// world is a server over real directories.
type world struct {
	t        *testing.T
	dir      string // the one source, unless a configuration names others
	database string
	config   string // YAML
	tls      *TLS
	limits   *limits // instead of the usual ones
	base     string
	address  string
	stop     func() error
}

const quickPrune = "delivery: {prune: {settle: 100ms, delay: 10ms}}\n"

func newWorld(t *testing.T) *world {
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "src"), database: filepath.Join(t.TempDir(), "db")}
	if err := os.Mkdir(w.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	w.config = quickPrune
	return w
}

// start starts a server that stops with the test, or at stop.
func (w *world) start() *world {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "config.yaml")
	w.must(os.WriteFile(file, []byte(w.config), 0o600))
	o := config.Options{File: file, Database: w.database}
	if !strings.Contains(w.config, "sources:") {
		o.Folders = []string{w.dir}
	}
	c, problems := config.Load(o)
	if problems.Invalid() {
		w.t.Fatalf("configuration: %v", problems)
	}
	s, err := New(Options{Config: c, Listen: "127.0.0.1:0", TLS: w.tls, Log: slog.New(slog.NewTextHandler(logWriter{w.t}, nil))})
	w.must(err)
	if w.limits != nil {
		s.limits = *w.limits
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Start(ctx) }()
	stopped := false
	w.stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-done
	}
	w.t.Cleanup(func() {
		if err := w.stop(); err != nil {
			w.t.Errorf("stop: %v", err)
		}
	})
	w.address, w.base = s.Addr(), "http://"+s.Addr()
	if w.tls != nil {
		w.base = "https://" + s.Addr()
	}
	w.eventually("ready", func() bool { status, _ := w.get("/readyz"); return status == http.StatusOK })
	return w
}

func (w *world) restart() {
	w.t.Helper()
	w.must(w.stop())
	w.start()
}

type logWriter struct{ t *testing.T }

func (l logWriter) Write(p []byte) (int, error) {
	l.t.Logf("%s", strings.TrimSpace(string(p)))
	return len(p), nil
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// write writes a file of the source the way editors do: under another name, then renamed.
func (w *world) write(path, text string) {
	w.t.Helper()
	full := filepath.Join(w.dir, path)
	w.must(os.MkdirAll(filepath.Dir(full), 0o755))
	w.must(os.WriteFile(full+"~", []byte(text), 0o644))
	w.must(os.Rename(full+"~", full))
}

func (w *world) remove(path string) {
	w.t.Helper()
	w.must(os.Remove(filepath.Join(w.dir, path)))
}

func (w *world) do(method, path, body string) (int, string) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.base+path, strings.NewReader(body))
	w.must(err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	client := http.DefaultClient
	if w.tls != nil {
		client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	}
	resp, err := client.Do(req)
	w.must(err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	w.must(err)
	return resp.StatusCode, string(data)
}

func (w *world) get(path string) (int, string) {
	w.t.Helper()
	return w.do(http.MethodGet, path, "")
}

// eventually polls until it holds.
func (w *world) eventually(what string, holds func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(deadline) {
			_, sources := w.get("/api/delivery/v1/sources")
			_, documents := w.get("/api/delivery/v1/documents")
			w.t.Fatalf("not within %s: %s\nsources: %s\ndocuments: %s", patience, what, sources, documents)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// title is the display name under which a dashboard of project p is served; "" if it is not.
func (w *world) title(name string) string {
	w.t.Helper()
	status, body := w.get("/api/v1/projects/p/dashboards/" + name)
	if status != http.StatusOK {
		return ""
	}
	var d struct {
		Spec struct{ Display struct{ Name string } }
	}
	w.must(json.Unmarshal([]byte(body), &d))
	return d.Spec.Display.Name
}

func (w *world) serves(name, title string) {
	w.t.Helper()
	w.eventually(fmt.Sprintf("dashboard %s titled %q", name, title), func() bool { return w.title(name) == title })
}

func (w *world) gone(name string) {
	w.t.Helper()
	w.eventually("dashboard "+name+" gone", func() bool { return w.title(name) == "" })
}

// version is the stored version and creation time of a dashboard of project p.
func (w *world) version(name string) (uint64, time.Time) {
	w.t.Helper()
	_, body := w.get("/api/v1/projects/p/dashboards/" + name)
	var d struct {
		Metadata struct {
			Version   uint64
			CreatedAt time.Time
		}
	}
	w.must(json.Unmarshal([]byte(body), &d))
	return d.Metadata.Version, d.Metadata.CreatedAt
}

func (w *world) source(name string) delivery.Source {
	w.t.Helper()
	status, body := w.get("/api/delivery/v1/sources/" + url.PathEscape(name))
	if status != http.StatusOK {
		w.t.Fatalf("source %s: %d %s", name, status, body)
	}
	var s delivery.Source
	w.must(json.Unmarshal([]byte(body), &s))
	return s
}

func (w *world) documents() []delivery.Document {
	w.t.Helper()
	_, body := w.get("/api/delivery/v1/documents")
	var d []delivery.Document
	w.must(json.Unmarshal([]byte(body), &d))
	return d
}

// outcome is what became of the document of a dashboard of project p.
func (w *world) outcome(name string) delivery.Outcome {
	w.t.Helper()
	for _, d := range w.documents() {
		if d.Kind == "Dashboard" && d.Name == name {
			return d.Outcome
		}
	}
	return ""
}

const projectP = "kind: Project\nmetadata: {name: p}\nspec: {}\n"

func dashboard(name, title string) string {
	return fmt.Sprintf(`kind: Dashboard
metadata: {name: %s, project: p}
spec:
  display: {name: %q}
  panels: {}
  layouts: []
  duration: 1h
`, name, title)
}
