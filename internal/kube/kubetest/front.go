// Package kubetest is an HTTP front that lists and watches as an API server does, for tests of what happens when one misbehaves.
//
// It knows ConfigMaps and Secrets, in protobuf, and keeps a history to resume from. Faults are switched on by its methods. It is no
// API server: it knows no selectors, no users and no validation. The truth about those is test/kubernetes.
package kubetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Object is a ConfigMap or a Secret.
type Object struct {
	Resource    string // configmaps or secrets; configmaps if empty
	Namespace   string
	Name        string
	Annotations map[string]string
	Data        map[string]string
	Binary      map[string]string // of ConfigMaps
	revision    int
}

func (o Object) key() string { return o.Resource + "/" + o.Namespace + "/" + o.Name }

// Refusal is an answer in place of the one asked for.
type Refusal struct {
	Code       int
	Message    string
	RetryAfter int    // seconds
	Match      string // which requests: a part of their URI; empty: all
}

// Front is a server that runs until the test ends.
type Front struct {
	server *httptest.Server

	mu       sync.Mutex
	changed  chan struct{} // closed when anything changes
	objects  map[string]Object
	history  []change
	revision int
	oldest   int // what is older is forgotten
	refusal  *Refusal
	noStream string // how streamed lists are not to be had: "", refuse or ignore
	silent   bool
	breakAt  int // frames or items after which answers break off; 0: never
	requests []string
}

type change struct {
	kind   string
	object Object
}

// New starts a front.
func New(t testing.TB) *Front {
	f := &Front{changed: make(chan struct{}), objects: map[string]Object{}, revision: 100}
	f.server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		f.server.CloseClientConnections()
		f.server.Close()
	})
	return f
}

// URL is where the front listens.
func (f *Front) URL() string { return f.server.URL }

// Kubeconfig writes a kubeconfig that leads to the front, and gives its path.
func (f *Front) Kubeconfig(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: x, user: x, namespace: mine}}]\n"+
		"clusters: [{name: x, cluster: {server: %q}}]\nusers: [{name: x, user: {token: t}}]\n", f.URL())
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// change does something under the lock, and wakes whoever watches.
func (f *Front) change(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
	close(f.changed)
	f.changed = make(chan struct{})
}

// Put makes an object, or replaces it.
func (f *Front) Put(o Object) {
	f.change(func() {
		if o.Resource == "" {
			o.Resource = "configmaps"
		}
		f.revision++
		o.revision = f.revision
		kind := "ADDED"
		if _, ok := f.objects[o.key()]; ok {
			kind = "MODIFIED"
		}
		f.objects[o.key()] = o
		f.history = append(f.history, change{kind, o})
	})
}

// Delete removes an object.
func (f *Front) Delete(o Object) {
	f.change(func() {
		if o.Resource == "" {
			o.Resource = "configmaps"
		}
		f.revision++
		o.revision = f.revision
		delete(f.objects, o.key())
		f.history = append(f.history, change{"DELETED", o})
	})
}

// Forget makes all revisions there were expired (410).
func (f *Front) Forget() { f.change(func() { f.revision++; f.oldest = f.revision }) }

// Refuse has requests refused, until it is called with nil. Watches end.
func (f *Front) Refuse(r *Refusal) {
	f.change(func() { f.refusal = r })
	f.server.CloseClientConnections()
}

// RefuseStreams has streamed lists refused, as by a server that has them switched off.
func (f *Front) RefuseStreams() { f.change(func() { f.noStream = "refuse" }) }

// IgnoreStreams has the parameters for streamed lists ignored.
func (f *Front) IgnoreStreams() { f.change(func() { f.noStream = "ignore" }) }

// Silence has nothing sent any more, not even an answer, or ends that.
func (f *Front) Silence(silent bool) { f.change(func() { f.silent = silent }) }

// BreakAfter breaks answers off after so many objects; 0 ends that.
func (f *Front) BreakAfter(n int) { f.change(func() { f.breakAt = n }) }

// Break breaks all connections.
func (f *Front) Break() { f.server.CloseClientConnections() }

// Requests are the URIs that were asked for.
func (f *Front) Requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}

func (f *Front) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.requests = append(f.requests, r.URL.RequestURI())
	refusal, noStream := f.refusal, f.noStream
	f.mu.Unlock()
	q := r.URL.Query()
	switch {
	case refusal != nil && strings.Contains(r.URL.RequestURI(), refusal.Match):
		refuse(w, *refusal)
	case !f.mayTalk(r):
	case q.Get("sendInitialEvents") != "" && noStream == "refuse":
		refuse(w, Refusal{Code: http.StatusUnprocessableEntity, Message: "sendInitialEvents is forbidden"})
	case q.Get("watch") != "":
		f.watch(w, r, q.Get("sendInitialEvents") != "" && noStream == "")
	default:
		f.list(w, r)
	}
}

// mayTalk waits while there is silence; it says false when the request has gone.
func (f *Front) mayTalk(r *http.Request) bool {
	for {
		f.mu.Lock()
		silent, changed := f.silent, f.changed
		f.mu.Unlock()
		if !silent {
			return true
		}
		select {
		case <-r.Context().Done():
			return false
		case <-changed:
		}
	}
}

func refuse(w http.ResponseWriter, r Refusal) {
	w.Header().Set("Content-Type", "application/json")
	if r.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(r.RetryAfter))
	}
	w.WriteHeader(r.Code)
	json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": r.Message, "code": r.Code})
}

// asked is what a path is about.
func asked(r *http.Request) (resource, namespace, name string) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v1/"), "/")
	if parts[0] == "namespaces" && len(parts) > 2 {
		namespace, parts = parts[1], parts[2:]
	}
	if len(parts) > 1 {
		name = parts[1]
	}
	return parts[0], namespace, name
}

// selected are the objects a request is about, by name.
func (f *Front) selected(r *http.Request) (objects []Object, revision int) {
	resource, namespace, name := asked(r)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.objects {
		if o.Resource == resource && (namespace == "" || o.Namespace == namespace) && (name == "" || o.Name == name) {
			objects = append(objects, o)
		}
	}
	slices.SortFunc(objects, func(a, b Object) int { return strings.Compare(a.key(), b.key()) })
	return objects, f.revision
}
