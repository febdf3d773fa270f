package api

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/store"
)

// world is an API over a real store, with a delivery of our own.
type world struct {
	t        testing.TB
	url      string
	dir      string // of the database
	handler  http.Handler
	store    *store.Store
	delivery *status
}

func newWorld(t testing.TB, change ...func(*Options)) *world {
	t.Helper()
	key, err := seal.NewKey([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Owner: ownerOf, Delivery: &status{changed: make(chan struct{})}, Registry: prometheus.NewRegistry(), Protect: true, HashPassword: seal.HashPassword}
	for _, f := range change {
		f(&o)
	}
	o.Texts = o.Delivery.(*status)
	dir := t.TempDir()
	o.Store, err = store.Open(store.Options{Dir: dir, Extension: "yaml", CaseSensitive: o.CaseSensitive, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Store.Close(); err != nil {
			t.Error(err)
		}
	})
	handler, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &world{t: t, url: server.URL, dir: dir, handler: handler, store: o.Store, delivery: o.Delivery.(*status)}
}

// status is a Delivery whose marks are "source origin".
type status struct {
	mu      sync.Mutex
	now     delivery.Status
	changed chan struct{}
	done    []delivery.Command
	refuse  error
	preview delivery.Preview
	kept    map[delivery.Subject]delivery.History
	asked   []any // for texts
	compare delivery.Comparison
}

func (s *status) Status(documents bool) delivery.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now
	if !documents {
		now.Documents = nil
	}
	return now
}

func (s *status) set(now delivery.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
	close(s.changed)
	s.changed = make(chan struct{})
}

// ownerOf reads the marks of the tests.
func ownerOf(_ resource.ID, mark []byte) *delivery.Owner {
	source, origin, _ := strings.Cut(string(mark), " ")
	return &delivery.Owner{Source: source, Origin: origin}
}

func (s *status) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *status) Do(c delivery.Command) (delivery.Preview, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, c)
	return s.preview, s.refuse
}

// History knows of every resource, and of the sources in kept.
func (s *status) History(of delivery.Subject) (delivery.History, error) {
	kept, ok := s.kept[of]
	if !ok && of.Kind == "" {
		return kept, problem.New(problem.NotFound, "there is no source "+of.Source)
	}
	return kept, nil
}

// answered is an answer, read to its end.
type answered struct {
	status int
	header http.Header
	body   string
}

// do asks, from any goroutine; headers are "Name: value". A body makes the content type JSON unless a header says otherwise.
func (w *world) do(method, path, body string, headers ...string) answered {
	w.t.Helper()
	r, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Error(err)
		return answered{}
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
		if name == "Host" {
			r.Host = value
		}
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	if err != nil {
		w.t.Error(err)
		return answered{}
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Error(err)
	}
	return answered{resp.StatusCode, resp.Header, string(data)}
}

func (w *world) get(path string, headers ...string) answered {
	w.t.Helper()
	return w.do(http.MethodGet, path, "", headers...)
}

// must is do that expects a status.
func (w *world) must(status int, method, path, body string, headers ...string) answered {
	w.t.Helper()
	a := w.do(method, path, body, headers...)
	if a.status != status {
		w.t.Fatalf("%s %s: %d %s, want %d", method, path, a.status, a.body, status)
	}
	return a
}

// refused expects a status and a message.
func (w *world) refused(status int, message, method, path, body string, headers ...string) {
	w.t.Helper()
	a := w.do(method, path, body, headers...)
	var said struct{ Message string }
	if err := json.Unmarshal([]byte(a.body), &said); err != nil {
		w.t.Fatalf("%s %s: %d %q is no JSON: %v", method, path, a.status, a.body, err)
	}
	if a.status != status || said.Message != message {
		w.t.Errorf("%s %s:\n got %d %q\nwant %d %q", method, path, a.status, said.Message, status, message)
	}
}

func (w *world) project(name string) {
	w.t.Helper()
	w.must(200, "POST", "/api/v1/projects", `{"kind":"Project","metadata":{"name":"`+name+`"},"spec":{}}`)
}

// dashboard makes the text of one.
func dashboard(project, name, title string) string {
	return `{"kind":"Dashboard","metadata":{"name":"` + name + `","project":"` + project + `"},"spec":{"display":{"name":"` + title + `"},"panels":{},"layouts":[],"duration":"1h"}}`
}

// manage marks a stored resource as put there by a source.
func (w *world) manage(kind, project, name, mark string) {
	w.t.Helper()
	id := resource.ID{Kind: kind, Project: project, Name: name}
	if _, err := w.store.Commit(store.Transaction{Marks: []store.Mark{{ID: id, Mark: []byte(mark)}}}); err != nil {
		w.t.Fatal(err)
	}
}

type document struct {
	Kind     string
	Metadata struct {
		Name, Project        string
		Version              uint64
		CreatedAt, UpdatedAt time.Time
	}
	Spec json.RawMessage
}

func decoded[T any](t testing.TB, a answered) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%q: %v", a.body, err)
	}
	return v
}
