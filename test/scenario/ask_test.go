package scenario

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// answer is what the server said; status 0 where it said nothing because it is not there.
type answer struct {
	status int
	body   string
	header http.Header
}

// url is where the server is now; "" while there is none.
func (w *world) url() string { return *w.base.Load() }

// ask asks a server that may not be there.
func (w *world) ask(method, path, body string, headers ...string) answer {
	base := w.url()
	if base == "" {
		return answer{}
	}
	req, err := http.NewRequest(method, base+path, strings.NewReader(body))
	if err != nil {
		return answer{}
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return answer{}
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}
	}
	return answer{resp.StatusCode, string(data), resp.Header}
}

// probe is a GET of a server that may not be there.
func (w *world) probe(path string) answer { return w.ask(http.MethodGet, path, "") }

// do asks a server that must be there.
func (w *world) do(method, path, body string, headers ...string) answer {
	w.t.Helper()
	a := w.ask(method, path, body, headers...)
	if a.status == 0 {
		w.t.Fatalf("%s %s: no answer\n%s", method, path, w.process.log.tail(20))
	}
	return a
}

func (w *world) get(path string) answer {
	w.t.Helper()
	return w.do(http.MethodGet, path, "")
}

// wants fails the scenario if an answer is another one, or lacks a text.
func (w *world) wants(status int, text string, a answer) answer {
	w.t.Helper()
	if a.status != status || !strings.Contains(a.body, text) {
		w.t.Errorf("the server answers %d %.600s\nwant %d and %q", a.status, a.body, status, text)
	}
	return a
}

// eventually polls until it holds.
func (w *world) eventually(what string, holds func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(patience())
	for !holds() {
		if time.Now().After(deadline) {
			w.t.Fatalf("not within %s: %s\nsources: %s\ndocuments: %.3000s", patience(), what,
				w.probe("/api/delivery/v1/sources").body, w.probe("/api/delivery/v1/documents").body)
		}
		if w.process == nil || w.process.hasEnded() {
			w.t.Fatalf("the process has ended while waiting for: %s", what)
		}
		time.Sleep(15 * time.Millisecond)
	}
}

// always looks again and again, in the background, until stop is called or the scenario ends, and fails it with the first complaint.
func (w *world) always(look func() (complaint string)) (stop func()) {
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			if complaint := look(); complaint != "" {
				w.t.Errorf("%s: %s", time.Now().Format(time.StampMilli), complaint)
				return
			}
			select {
			case <-over:
				return
			case <-time.After(15 * time.Millisecond):
			}
		}
	}()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			close(over)
			<-done
		}
	}
	w.t.Cleanup(stop)
	return stop
}

// stays wants something to hold all the time for a while.
func (w *world) stays(d time.Duration, what string, holds func() bool) {
	w.t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		if !holds() {
			w.t.Fatalf("no longer so: %s\nsources: %s\ndocuments: %.3000s", what,
				w.probe("/api/delivery/v1/sources").body, w.probe("/api/delivery/v1/documents").body)
		}
	}
}

// stored is what scenarios look at in a resource.
type stored struct {
	Kind     string
	Metadata struct {
		Name, Project        string
		Version              uint64
		CreatedAt, UpdatedAt time.Time
		Tags                 []string
	}
	Spec struct{ Display struct{ Name string } }
}

const dashboards = "/api/v1/projects/p/dashboards"

// dashboard is a dashboard of project p; nil if it is not served, or the project is not.
func (w *world) dashboard(name string) *stored {
	w.t.Helper()
	a := w.get(dashboards + "/" + name)
	if a.status == http.StatusNotFound || a.status == http.StatusBadRequest {
		return nil
	}
	var s stored
	if err := json.Unmarshal([]byte(a.body), &s); err != nil || a.status != http.StatusOK {
		w.t.Fatalf("dashboard %s: %d %s", name, a.status, a.body)
	}
	return &s
}

// title is the display name under which a dashboard of project p is served; "" if it is not.
func (w *world) title(name string) string {
	w.t.Helper()
	if d := w.dashboard(name); d != nil {
		return d.Spec.Display.Name
	}
	return ""
}

func (w *world) serves(name, title string) {
	w.t.Helper()
	w.eventually(fmt.Sprintf("dashboard %s is titled %q", name, title), func() bool { return w.title(name) == title })
}

func (w *world) gone(name string) {
	w.t.Helper()
	w.eventually("dashboard "+name+" is gone", func() bool { return w.dashboard(name) == nil })
}

// listed counts the dashboards of project p in the list; -1 if there is no list to be had.
func (w *world) listed() int {
	var list []json.RawMessage
	a := w.probe(dashboards)
	if a.status != http.StatusOK || json.Unmarshal([]byte(a.body), &list) != nil {
		return -1
	}
	return len(list)
}

// source is the status of a source; its state is empty if there is none to be had.
func (w *world) source(name string) delivery.Source {
	var s delivery.Source
	if a := w.probe("/api/delivery/v1/sources/" + url.PathEscape(name)); a.status == http.StatusOK {
		_ = json.Unmarshal([]byte(a.body), &s) // what cannot be read has no state
	}
	return s
}

func (w *world) inState(name string, state delivery.State) delivery.Source {
	w.t.Helper()
	w.eventually(fmt.Sprintf("source %s is %s", name, state), func() bool { return w.source(name).State == state })
	return w.source(name)
}

// documents are the rows of the status that a query asks for.
func (w *world) documents(query string) []delivery.Document {
	w.t.Helper()
	var d []delivery.Document
	w.must(json.Unmarshal([]byte(w.get("/api/delivery/v1/documents?"+query).body), &d))
	return d
}

// becomes waits until a document of a source with a name has an outcome.
func (w *world) becomes(source, name string, outcome delivery.Outcome) delivery.Document {
	w.t.Helper()
	var found []delivery.Document
	w.eventually(fmt.Sprintf("%s of %s is %s", name, source, outcome), func() bool {
		found = w.documents("source=" + url.QueryEscape(source) + "&name=" + name + "&outcome=" + string(outcome))
		return len(found) > 0
	})
	return found[0]
}

// owner is the source that manages a dashboard of project p; "" for nobody.
func (w *world) owner(name string) string {
	var s struct{ Owner *delivery.Owner }
	a := w.probe("/api/delivery/v1/resources/projects/p/dashboards/" + name)
	if a.status != http.StatusOK || json.Unmarshal([]byte(a.body), &s) != nil || s.Owner == nil {
		return ""
	}
	return s.Owner.Source
}
