package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/kube/kubetest"
	"github.com/perseid-dev/perseid/internal/objects"
	"github.com/perseid-dev/perseid/internal/source"
)

// disk is real bodies on a disk that can be full.
type disk struct {
	*objects.Store
	mu        sync.Mutex
	put, sync error
}

func newDisk(t testing.TB) *disk {
	t.Helper()
	s, err := objects.Open(filepath.Join(t.TempDir(), "objects"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &disk{Store: s}
}

func (d *disk) fill(put, sync error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.put, d.sync = put, sync
}

func (d *disk) Put(digest source.Digest, data []byte, secret bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.put != nil {
		return d.put
	}
	return d.Store.Put(digest, data, secret)
}

func (d *disk) Sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return errors.Join(d.sync, d.Store.Sync())
}

func client(t testing.TB, f *kubetest.Front) *kube.Client {
	t.Helper()
	c, err := kube.Open(kube.Config{Kubeconfig: f.Kubeconfig(t)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// start runs a source until the test ends.
func start(t testing.TB, f *kubetest.Front, o Options) (*Source, *disk, <-chan *source.Snapshot) {
	t.Helper()
	b := newDisk(t)
	o.Client, o.Bodies, o.RetryDelay = client(t, f), b, 100*time.Millisecond
	s, got := New(o), make(chan *source.Snapshot, 1000)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Run(ctx, func(s *source.Snapshot) { got <- s }); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return s, b, got
}

// next is the next snapshot, in words.
func next(t testing.TB, got <-chan *source.Snapshot) (files, unread []string, s *source.Snapshot) {
	t.Helper()
	select {
	case s := <-got:
		for _, f := range s.Files {
			files = append(files, f.Path)
		}
		for _, u := range s.Unread {
			unread = append(unread, u.Prefix+": "+u.Reason)
		}
		return files, unread, s
	case <-time.After(10 * time.Second):
		t.Fatal("no snapshot is delivered")
		return nil, nil, nil
	}
}

// until waits for a snapshot of these files and this many unread scopes.
func until(t testing.TB, got <-chan *source.Snapshot, want []string, scopes int) []string {
	t.Helper()
	for {
		if files, unread, _ := next(t, got); cmp.Equal(files, want) && len(unread) == scopes {
			return unread
		}
	}
}

func configMap(ns, name string) kubetest.Object {
	return kubetest.Object{Namespace: ns, Name: name, Data: map[string]string{"k": name}}
}

// R3, R16: what cannot be read is a scope, and what it held is kept; other streams go on.
func TestR16OneStreamFails(t *testing.T) {
	f := kubetest.New(t)
	f.Put(configMap("x", "a"))
	f.Put(configMap("y", "b"))
	f.Refuse(&kubetest.Refusal{Code: http.StatusForbidden, Message: "no", Match: "/y/"})
	s, _, got := start(t, f, Options{Namespaces: []string{"x", "y", "x"}})
	files, unread, first := next(t, got)
	if !cmp.Equal(files, []string{"x/configmap/a/k"}) || len(unread) != 1 || first.Settled {
		t.Errorf("first: %v, %v, settled %v", files, unread, first.Settled)
	}
	since := s.Streams()[1].Failing.UTC().Format(time.RFC3339)
	if want := "y/configmap/: configmaps in namespace y cannot be followed since " + since + ": 403: no"; unread[0] != want {
		t.Errorf("unread %q, want %q", unread[0], want)
	}
	f.Refuse(nil)
	until(t, got, []string{"x/configmap/a/k", "y/configmap/b/k"}, 0)
	f.Refuse(&kubetest.Refusal{Code: http.StatusForbidden, Message: "no", Match: "/y/"})
	until(t, got, []string{"x/configmap/a/k", "y/configmap/b/k"}, 1)
	f.Delete(configMap("x", "a"))
	until(t, got, []string{"y/configmap/b/k"}, 1)
	f.Delete(configMap("y", "b"))
	f.Forget()
	f.Refuse(nil)
	until(t, got, nil, 0)
}

// A server that cannot be reached at all is told at once, and everything is unread.
func TestNothingCanBeRead(t *testing.T) {
	f := kubetest.New(t)
	f.Refuse(&kubetest.Refusal{Code: http.StatusServiceUnavailable, Message: "away"})
	_, _, got := start(t, f, Options{Resources: []kube.Resource{kube.Secrets, kube.ConfigMaps}})
	files, unread, s := next(t, got)
	if len(files) != 0 || len(unread) != 2 || !s.Unreadable("any") || !strings.HasPrefix(unread[0], ": secrets in all namespaces cannot be followed since ") {
		t.Errorf("files %v, unread %v", files, unread)
	}
}

// Bytes that cannot be kept make their file unread, never known, and are read again.
func TestDiskIsFull(t *testing.T) {
	full := errors.New("no space left")
	for name, errs := range map[string][2]error{"put": {full, nil}, "sync": {nil, full}} {
		t.Run(name, func(t *testing.T) {
			f := kubetest.New(t)
			_, b, got := start(t, f, Options{})
			until(t, got, nil, 0)
			b.fill(errs[0], errs[1])
			f.Put(configMap("x", "a"))
			unread := until(t, got, nil, 1)
			if want := "x/configmap/a/k: its content cannot be kept: no space left"; unread[0] != want {
				t.Errorf("unread %q, want %q", unread[0], want)
			}
			b.fill(nil, nil)
			until(t, got, []string{"x/configmap/a/k"}, 0)
			if data, err := b.Open(source.DigestOf([]byte("a"))); err != nil || string(data) != "a" {
				t.Errorf("kept %q, %v", data, err)
			}
		})
	}
}

func TestTrigger(t *testing.T) {
	f := kubetest.New(t)
	f.Put(configMap("x", "a"))
	s, _, got := start(t, f, Options{})
	until(t, got, []string{"x/configmap/a/k"}, 0)
	s.Trigger(false)
	next(t, got)
	s.Trigger(true)
	next(t, got)
	lists := 0
	for _, uri := range f.Requests() {
		if strings.Contains(uri, "sendInitialEvents") {
			lists++
		}
	}
	if lists != 2 {
		t.Errorf("%d lists: %q", lists, f.Requests())
	}
}

// What was seen before needs no reading when it is listed again, unless its bytes are gone.
func TestStands(t *testing.T) {
	b := newDisk(t)
	take := taker{o: &Options{Bodies: b}}
	o := &kube.Object{Namespace: "n", Name: "x", ResourceVersion: "1", Values: []kube.Value{{Key: "k", Data: []byte("v")}}}
	h := take.take(o)
	if !h.stands(o, b) || (*held)(nil).stands(o, b) || h.stands(o, newDisk(t)) {
		t.Error("an object as it was is to stand, while its bytes are kept")
	}
	o.ResourceVersion = "2"
	if h.stands(o, b) {
		t.Error("another version stands")
	}
}

func TestAnnotationsAreCut(t *testing.T) {
	long := strings.Repeat("é", MaxAnnotation)
	if got := cut("x" + long); got != "x"+strings.Repeat("é", MaxAnnotation/2-1) {
		t.Errorf("%d bytes, the end is %q", len(got), got[len(got)-4:])
	}
	if got := cut("short"); got != "short" {
		t.Errorf("got %q", got)
	}
}

func TestAcceptAndExpand(t *testing.T) {
	b := newDisk(t)
	var asked []string
	take := taker{o: &Options{Bodies: b, Expand: true, Accept: func(key string) bool {
		asked = append(asked, key)
		return strings.HasSuffix(key, ".json")
	}}}
	h := take.take(&kube.Object{Resource: kube.ConfigMaps, Namespace: "n", Name: "x", Values: []kube.Value{
		{Key: ".gz", Binary: true}, {Key: "a.json.gz", Binary: true, Data: []byte("no")}, {Key: "b.json"}, {Key: "c.json.zst", Data: []byte("text")}, {Key: "d.txt.gz", Binary: true},
	}})
	if want := []string{".gz", "a.json", "b.json", "c.json.zst", "d.txt"}; !cmp.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	if len(h.files) != 1 || h.files[0].Origin != "n/configmap/x:b.json" || len(h.unread) != 1 || h.unread[0].Prefix != "n/configmap/x/a.json" {
		t.Errorf("files %+v, unread %+v", h.files, h.unread)
	}
}

func BenchmarkSnapshot(b *testing.B) {
	f := kubetest.New(b)
	o := Options{Client: client(b, f), Bodies: newDisk(b)}.withDefaults()
	r := newRun(o, shelves(o), nil)
	for i := range 5000 {
		r.seen(r.shelves[0], &kube.Object{Namespace: "n", Name: fmt.Sprint(i), Values: []kube.Value{{Key: "k", Data: []byte("v")}}})
	}
	for b.Loop() {
		r.snapshot()
	}
}
