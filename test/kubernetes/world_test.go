package kubernetes_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/source/kubernetes"
	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// label is what the tests select by.
const label = "perses.dev/resource"

var labels = map[string]string{label: "true"}

// bodies keeps bytes in memory, unless it is told to forget them.
type bodies struct {
	mu   sync.Mutex
	kept map[source.Digest][]byte
	drop bool // keep digests only, for measuring
	puts int
	err  error // of Put
}

func newBodies() *bodies { return &bodies{kept: map[source.Digest][]byte{}} }

func (b *bodies) Has(d source.Digest) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.kept[d]
	return ok
}

func (b *bodies) Put(d source.Digest, data []byte, _ bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return b.err
	}
	b.puts++
	b.kept[d] = nil
	if !b.drop {
		b.kept[d] = append([]byte{}, data...)
	}
	return nil
}

func (b *bodies) Sync() error { return nil }

func (b *bodies) Open(d source.Digest) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if data, ok := b.kept[d]; ok {
		return data, nil
	}
	return nil, fs.ErrNotExist
}

// followed is a source that runs, and the snapshots it delivered that nobody looked at yet.
type followed struct {
	*kubernetes.Source
	bodies *bodies
	got    chan *source.Snapshot
}

// open makes a client of an account, by way of a proxy if there is one.
func open(t testing.TB, a *cluster.Account, p *cluster.Proxy) *kube.Client {
	t.Helper()
	url := ""
	if p != nil {
		url = p.URL
	}
	client, err := kube.Open(kube.Config{Kubeconfig: a.Kubeconfig(t, url), UserAgent: "perseid-test"})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// follow runs a source until the test ends.
func follow(t testing.TB, o kubernetes.Options) *followed {
	t.Helper()
	f := &followed{bodies: newBodies(), got: make(chan *source.Snapshot, 10_000)}
	if o.Bodies == nil {
		o.Bodies = f.bodies
	}
	if o.Selector == "" {
		o.Selector = label + "=true"
	}
	o.Name = "test"
	f.Source = kubernetes.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := f.Run(ctx, func(s *source.Snapshot) { f.got <- s }); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return f
}

// until waits for a snapshot.
func (f *followed) until(t testing.TB, what string, ok func(*source.Snapshot) bool) *source.Snapshot {
	t.Helper()
	deadline := time.After(time.Minute)
	var last *source.Snapshot
	for {
		select {
		case s := <-f.got:
			if last = s; ok(s) {
				return s
			}
		case <-deadline:
			t.Fatalf("waited in vain for %s; the last snapshot was %s", what, show(last))
		}
	}
}

// holds wants exactly these files, by path, and everything to be readable.
func (f *followed) holds(want map[string]string) func(*source.Snapshot) bool {
	return func(s *source.Snapshot) bool { return len(s.Unread) == 0 && f.has(want)(s) }
}

// has wants exactly these files, by path.
func (f *followed) has(want map[string]string) func(*source.Snapshot) bool {
	return func(s *source.Snapshot) bool {
		if len(s.Files) != len(want) {
			return false
		}
		for _, file := range s.Files {
			data, err := f.bodies.Open(file.Digest)
			if content, ok := want[file.Path]; !ok || err != nil || string(data) != content {
				return false
			}
		}
		return true
	}
}

func show(s *source.Snapshot) string {
	if s == nil {
		return "none"
	}
	var b strings.Builder
	for _, f := range s.Files[:min(len(s.Files), 20)] {
		fmt.Fprintf(&b, "\n\t%s %s", f.Path, f.Digest.Short())
	}
	for _, u := range s.Unread {
		fmt.Fprintf(&b, "\n\tunread %q: %s", u.Prefix, u.Reason)
	}
	return fmt.Sprintf("%d files%s", len(s.Files), b.String())
}

// eventually polls until something holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// configMap is a labelled ConfigMap of one key.
func configMap(ns, name, key, value string) cluster.Object {
	return cluster.Object{Namespace: ns, Name: name, Labels: labels, Data: map[string]string{key: value}}
}
