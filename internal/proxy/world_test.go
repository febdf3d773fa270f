package proxy

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/store"
)

// patience is how long a test waits for something that should happen soon.
const patience = 10 * time.Second

// world is a proxy over a real store, behind a real listener.
type world struct {
	t        testing.TB
	url      string
	store    *store.Store
	proxy    *Proxy
	registry *prometheus.Registry
}

func newWorld(t testing.TB, change ...func(*Options)) *world {
	t.Helper()
	key, err := seal.NewKey([]byte("0123456789abcdef0123456789abcdef"))
	must(t, err)
	db, err := store.Open(store.Options{Dir: t.TempDir(), Key: key})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	o := Options{Store: db, Registry: prometheus.NewRegistry(), Trusted: func(*store.Entry) bool { return true }}
	for _, f := range change {
		f(&o)
	}
	p, err := New(o)
	must(t, err)
	server := httptest.NewServer(p)
	t.Cleanup(func() { server.Close(); must(t, p.Close()) })
	w := &world{t: t, url: server.URL, store: db, proxy: p, registry: o.Registry}
	w.put(`{"kind":"Project","metadata":{"name":"p"},"spec":{}}`)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put stores a document, new or instead of the one before.
func (w *world) put(document string) *store.Entry {
	w.t.Helper()
	var head struct{ Kind string }
	must(w.t, json.Unmarshal([]byte(document), &head))
	kind, err := resource.KindByName(head.Kind)
	must(w.t, err)
	r, problems := resource.DecodeBody([]byte(document), kind)
	if problems.Invalid() {
		w.t.Fatalf("%s: %v", document, problems)
	}
	if w.store.Has(r.ID()) {
		e, err := w.store.Update(r, nil)
		must(w.t, err)
		return e
	}
	e, err := w.store.Create(r, nil)
	must(w.t, err)
	return e
}

// spec is that of a datasource with a proxy; more are further fields of the proxy.
func spec(url string, more ...string) string {
	return fmt.Sprintf(`{"default":false,"plugin":{"kind":"PrometheusDatasource","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":%q%s}}}}}`,
		url, strings.Join(append([]string{""}, more...), ","))
}

// datasource stores the global datasource d.
func (w *world) datasource(url string, more ...string) {
	w.t.Helper()
	w.put(`{"kind":"GlobalDatasource","metadata":{"name":"d"},"spec":` + spec(url, more...) + `}`)
}

// secret stores the global secret s.
func (w *world) secret(spec string) *store.Entry {
	w.t.Helper()
	return w.put(`{"kind":"GlobalSecret","metadata":{"name":"s"},"spec":` + spec + `}`)
}

const withSecret = `"secret":"s"`

// toD is the path of the global datasource d.
const toD = "/proxy/globaldatasources/d"

type answered struct {
	status int
	header http.Header
	body   string
}

// do asks; headers are "Name: value".
func (w *world) do(method, path, body string, headers ...string) answered {
	w.t.Helper()
	r, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	must(w.t, err)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	must(w.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	must(w.t, err)
	return answered{resp.StatusCode, resp.Header, string(data)}
}

func (w *world) get(path string, headers ...string) answered {
	w.t.Helper()
	return w.do(http.MethodGet, path, "", headers...)
}

// says expects a status and a body.
func (w *world) says(status int, body, method, path string, headers ...string) {
	w.t.Helper()
	if a := w.do(method, path, "", headers...); a.status != status || a.body != body {
		w.t.Errorf("%s %s: %d %q, want %d %q", method, path, a.status, a.body, status, body)
	}
}

// refused expects a status and a message that contains a text.
func (a answered) refused(t testing.TB, status int, text string) {
	t.Helper()
	var said struct{ Message string }
	if err := json.Unmarshal([]byte(a.body), &said); err != nil {
		t.Fatalf("%d %q is no JSON: %v", a.status, a.body, err)
	}
	if a.status != status || !strings.Contains(said.Message, text) {
		t.Errorf("%d %q, want %d with %q", a.status, said.Message, status, text)
	}
}

// upstream is a datasource that is asked.
func upstream(t testing.TB, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server
}

// echo answers with what it was asked: method and the path as it came.
func echo(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, r.Method+" "+r.RequestURI)
}

// countNew counts connections that are opened.
func countNew(n *atomic.Int32) func(net.Conn, http.ConnState) {
	return func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			n.Add(1)
		}
	}
}

// waited fails unless a channel is closed soon.
func waited(t testing.TB, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s: not within %s", what, patience)
	}
}
