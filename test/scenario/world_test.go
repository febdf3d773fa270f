package scenario

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// world is directories of documents, a database, and the process that serves them.
type world struct {
	t        *testing.T
	root     string // of everything; a source's directory is named as the source
	database string
	settings map[string]any      // the configuration
	user     *syscall.Credential // who runs the program; nil for who runs the test
	process  *process
	logs     []*journal // of all processes so far
	base     atomic.Pointer[string]
	client   *http.Client
	offered  string // the digest of what the artifact is that was offered last
}

// newWorld has one source for each name, in this order, and nothing in them. Scenarios run side by side.
func newWorld(t *testing.T, sources ...string) *world {
	t.Helper()
	t.Parallel()
	w := &world{t: t, root: t.TempDir(), settings: map[string]any{}, client: &http.Client{Timeout: 20 * time.Second}}
	w.database = filepath.Join(w.root, "database")
	w.base.Store(new(string))
	t.Cleanup(w.client.CloseIdleConnections)
	t.Cleanup(w.showLogs)
	if !*full {
		w.set("delivery.prune.settle", quickSettle.String())
		w.set("delivery.prune.delay", quickDelay.String())
	}
	w.sources(sources...)
	return w
}

// set sets one key of the configuration, written with dots.
func (w *world) set(key string, value any) {
	at := w.settings
	path := strings.Split(key, ".")
	for _, name := range path[:len(path)-1] {
		if at[name] == nil {
			at[name] = map[string]any{}
		}
		at = at[name].(map[string]any)
	}
	at[path[len(path)-1]] = value
}

// sources configures directories as sources, of these names and in this order, and makes them.
func (w *world) sources(names ...string) {
	w.t.Helper()
	var entries []any
	for _, name := range names {
		w.must(os.MkdirAll(w.path(name), 0o755))
		entries = append(entries, map[string]any{"name": name, "directory": map[string]any{"path": w.path(name)}})
	}
	w.set("delivery.sources", entries)
}

// option sets an option of the source at a place of the configuration.
func (w *world) option(source int, key string, value any) {
	w.settings["delivery"].(map[string]any)["sources"].([]any)[source].(map[string]any)[key] = value
}

// configure writes the configuration, JSON being YAML too.
func (w *world) configure() string {
	w.t.Helper()
	w.set("database.file.folder", w.database)
	data, err := json.MarshalIndent(w.settings, "", " ")
	w.must(err)
	file := w.path("perses.yaml")
	w.must(os.WriteFile(file, data, 0o600))
	return file
}

// start starts the program and waits until it is ready.
func (w *world) start() *world {
	w.t.Helper()
	w.begin()
	w.eventually("ready", func() bool { return w.probe("/readyz").status == http.StatusOK })
	return w
}

// begin starts the program and waits until it listens.
func (w *world) begin() {
	w.t.Helper()
	w.process = launch(w.t, w.user, environ(), w.serving()...)
	w.logs = append(w.logs, w.process.log)
	w.listen()
}

// showLogs shows how each process of the server ended, if the scenario failed.
func (w *world) showLogs() {
	for i, log := range w.logs {
		for _, bad := range []string{"DATA RACE", "panic"} {
			if text := log.String(); strings.Contains(text, bad) {
				w.t.Errorf("server %d: %s: %s", i, bad, text)
			}
		}
		if w.t.Failed() {
			w.t.Logf("server %d:\n%s", i, log.tail(30))
		}
	}
}

// serving is the command line that serves this world.
func (w *world) serving() []string {
	return []string{"serve", "--config", w.configure(), "--web.listen-address", "127.0.0.1:0", "--log.format", "json", "--log.level", "debug"}
}

func (w *world) listen() {
	w.t.Helper()
	w.base.Store(new(string))
	deadline := time.Now().Add(patience())
	for w.process.address() == "" {
		if w.process.hasEnded() || time.Now().After(deadline) {
			w.t.Fatalf("the process does not listen\n%s", w.process.log.tail(30))
		}
		time.Sleep(5 * time.Millisecond)
	}
	url := "http://" + w.process.address()
	w.base.Store(&url)
}

// stop ends the program in order.
func (w *world) stop() {
	w.t.Helper()
	w.base.Store(new(string))
	w.client.CloseIdleConnections()
	w.process.stop(w.t)
}

// kill ends the program at once, as kill -9 does.
func (w *world) kill() {
	w.base.Store(new(string))
	w.process.kill()
}

func (w *world) restart() {
	w.t.Helper()
	w.stop()
	w.start()
}

// refuses starts the program and wants it to end with an exit code and a sentence.
func (w *world) refuses(code int, sentence string) {
	w.t.Helper()
	p := launch(w.t, w.user, environ(), w.serving()...)
	w.logs = append(w.logs, p.log)
	if got := p.exit(w.t); got != code || !strings.Contains(p.log.String(), sentence) {
		w.t.Errorf("serve ends with exit code %d, want %d and %q in\n%s", got, code, sentence, p.log.tail(20))
	}
}

// command is what became of a command.
type command struct {
	code int
	text string // standard output and error
}

// perseid runs a command of the program against the server.
func (w *world) perseid(args ...string) command {
	w.t.Helper()
	p := launch(w.t, w.user, append(environ(), "PERSEID_SERVER="+w.url()), args...)
	code := p.exit(w.t)
	return command{code, p.log.String()}
}

// says wants a command to end with an exit code and to say something.
func (w *world) says(code int, sentence string, args ...string) string {
	w.t.Helper()
	c := w.perseid(args...)
	if c.code != code || !strings.Contains(c.text, sentence) {
		w.t.Errorf("perseid %s: exit code %d, want %d and %q in\n%s", strings.Join(args, " "), c.code, code, sentence, c.text)
	}
	return c.text
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// path is below the root of the world.
func (w *world) path(elements ...string) string {
	return filepath.Join(append([]string{w.root}, elements...)...)
}

// write writes a file, source first, the way editors do: under another name, then renamed.
func (w *world) write(path, text string) {
	w.t.Helper()
	target := w.path(path)
	w.must(os.MkdirAll(filepath.Dir(target), 0o755))
	w.must(os.WriteFile(target+"~", []byte(text), 0o644))
	w.must(os.Rename(target+"~", target))
}

func (w *world) remove(path string) {
	w.t.Helper()
	w.must(os.Remove(w.path(path)))
}

// fill writes dashboards d00, d01, … into a source, one file each, with the project p they are in.
func (w *world) fill(source string, n int) {
	w.t.Helper()
	w.write(source+"/project.yaml", projectP)
	for i := range n {
		w.write(fmt.Sprintf("%s/%s.yaml", source, numbered(i)), dashboard(numbered(i), "1"))
	}
}

func numbered(i int) string { return fmt.Sprintf("d%02d", i) }
