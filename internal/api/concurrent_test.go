package api

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

const (
	setOf    = 15 // documents that are written together
	lonesome = 30 // writes of the one that is written alone
	sets     = 15
)

// observed is what concurrent readers and writers saw: a version of the set, one of the lone document, both growing.
type observed struct {
	t         *testing.T
	w         *world
	set, lone atomic.Int64 // the last version that was acknowledged
	mu        sync.Mutex
	bodies    map[string]string // by path and ETag
	tags      map[string]string // by path and body
}

// TestReadersSeeStatesThatExisted has programs write, a set of documents at once and one alone, while others read lists, plainly and as
// caches do. Every answer is a state that existed, none is older than what was acknowledged before it was asked for, no reader goes back
// in time, and an ETag names one answer only.
func TestReadersSeeStatesThatExisted(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	o := &observed{t: t, w: w, bodies: map[string]string{}, tags: map[string]string{}}
	o.writeSet(1)
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "lone", "1"))
	o.lone.Store(1)
	var writers, readers sync.WaitGroup
	writers.Go(func() {
		for v := 2; v <= sets && !t.Failed(); v++ {
			o.writeSet(v)
		}
	})
	writers.Go(func() {
		for v := 2; v <= lonesome && !t.Failed(); v++ {
			if a := w.do("PUT", "/api/v1/projects/p/dashboards/lone", dashboard("p", "lone", fmt.Sprint(v))); a.status != 200 {
				t.Errorf("write %d: %d %s", v, a.status, a.body)
			}
			o.lone.Store(int64(v))
		}
	})
	stop := make(chan struct{})
	for n := range 4 {
		readers.Go(func() { o.read([]string{"/api/v1/dashboards", "/api/v1/projects/p/dashboards"}[n%2], stop) })
	}
	readers.Go(func() { o.read("/api/v1/projects/p/dashboards/lone", stop) })
	writers.Wait()
	close(stop)
	readers.Wait()
}

func (o *observed) writeSet(version int) {
	var tr store.Transaction
	for i := range setOf {
		name := fmt.Sprintf("set-%02d", i)
		r, problems := resource.DecodeBody([]byte(dashboard("p", name, fmt.Sprint(version))), kind(o.t, "Dashboard"))
		if problems.Invalid() {
			o.t.Error(problems)
		}
		tr.Puts = append(tr.Puts, store.Put{ID: r.ID(), Load: func() (*resource.Resource, error) { return r, nil }})
	}
	if _, err := o.w.store.Commit(tr); err != nil {
		o.t.Error(err)
	}
	o.set.Store(int64(version))
}

// read asks until it is told to stop, now and then with the ETag of the last answer.
func (o *observed) read(path string, stop <-chan struct{}) {
	var last answered
	var set, lone int64
	for n := 0; !o.t.Failed(); n++ {
		select {
		case <-stop:
			return
		default:
		}
		atLeastSet, atLeastLone := max(set, o.set.Load()), max(lone, o.lone.Load())
		a := o.ask(path, last, n%3 > 0)
		set, lone = o.versions(a.body)
		if set != 0 && set < atLeastSet || lone < atLeastLone {
			o.t.Errorf("%s: version %d of the set after %d, %d of the other after %d", path, set, atLeastSet, lone, atLeastLone)
		}
		last = a
	}
}

// ask returns the answer; where the server says that it is the last one, that.
func (o *observed) ask(path string, last answered, conditional bool) answered {
	tag := last.header.Get("ETag")
	if conditional && tag != "" {
		if a := o.w.get(path, "If-None-Match: "+tag); a.status == 304 {
			return last
		}
	}
	a := o.w.get(path)
	if a.status != 200 {
		o.t.Errorf("%s: %d %s", path, a.status, a.body)
	}
	o.name(path, a)
	return a
}

// name holds that a tag has one body. That a body has one tag holds for documents; a list is named anew whenever anything changed.
func (o *observed) name(path string, a answered) {
	o.mu.Lock()
	defer o.mu.Unlock()
	tag := a.header.Get("ETag")
	if known, ok := o.bodies[path+tag]; ok && known != a.body {
		o.t.Errorf("%s: ETag %s of two answers:\n%s\n%s", path, tag, known, a.body)
	}
	o.bodies[path+tag] = a.body
	if known, ok := o.tags[path+a.body]; ok && known != tag && a.body[0] == '{' {
		o.t.Errorf("%s: one answer with ETags %s and %s", path, known, tag)
	}
	o.tags[path+a.body] = tag
}

// versions are those in an answer: of the set, which must be one (0 for an answer without it), and of the lone document.
func (o *observed) versions(body string) (set, lone int64) {
	if body[0] == '{' {
		body = "[" + body + "]"
	}
	var all []struct {
		Metadata struct{ Name string }
		Spec     struct{ Display struct{ Name string } }
	}
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		o.t.Errorf("%v in %s", err, body)
	}
	counts := map[int64]int{}
	for _, d := range all {
		v, err := strconv.ParseInt(d.Spec.Display.Name, 10, 64)
		if err != nil {
			o.t.Error(err)
		}
		if d.Metadata.Name == "lone" {
			lone = v
			continue
		}
		set = v
		counts[v]++
	}
	if len(counts) > 1 || len(all) > 1 && counts[set] != setOf {
		o.t.Errorf("versions of the set in one answer: %v", counts)
	}
	return set, lone
}
