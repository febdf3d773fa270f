package kubernetes_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/source/kubernetes"
	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// unreadable waits for a snapshot in which a file is kept and cannot be vouched for.
func (f *followed) unreadable(t *testing.T, path string, reason string) *source.Snapshot {
	t.Helper()
	return f.until(t, path+" to be unreadable, "+reason, func(s *source.Snapshot) bool {
		return s.Unreadable(path) && strings.Contains(s.Unread[0].Reason, reason)
	})
}

// A deletion while the connection is down is applied when it is back, whether the server remembers it or not.
func TestDeletedWhileDisconnected(t *testing.T) {
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	c.Apply(t, configMap(ns, "stays", "a", "1"))
	c.Apply(t, configMap(ns, "goes", "a", "2"))
	p := c.Proxy(t)
	f := follow(t, kubernetes.Options{Client: open(t, a, p), Namespaces: []string{ns}, RetryDelay: time.Second})
	stays, goes := ns+"/configmap/stays/a", ns+"/configmap/goes/a"
	f.until(t, "both", f.holds(map[string]string{stays: "1", goes: "2"}))
	p.Cut()
	s := f.unreadable(t, goes, "cannot be followed since 20")
	if len(s.Files) != 2 {
		t.Errorf("an outage changed what is there: %s", show(s))
	}
	if st := f.Streams()[0]; st.Failing.IsZero() || st.Err == "" || !st.Synced {
		t.Errorf("stream: %+v", st)
	}
	c.Delete(t, configMap(ns, "goes", "", ""))
	p.Pass()
	f.until(t, "one", f.holds(map[string]string{stays: "1"}))
	uris, err := c.Requests(a.User())
	if err != nil {
		t.Fatal(err)
	}
	lists := 0
	for _, uri := range uris {
		if strings.Contains(uri, "sendInitialEvents") || !strings.Contains(uri, "watch=") {
			lists++
		}
	}
	if lists != 1 {
		t.Errorf("%d lists; the watch was to resume: %q", lists, uris)
	}
}

// A connection that breaks and is there again at once is no outage.
func TestBrokenConnectionIsNoNews(t *testing.T) {
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	p := c.Proxy(t)
	f := follow(t, kubernetes.Options{Client: open(t, a, p), Namespaces: []string{ns}})
	f.until(t, "nothing", f.holds(nil))
	eventually(t, "the watch", func() bool { uris, _ := c.Requests(a.User()); return len(uris) == 2 })
	p.Break()
	eventually(t, "a new connection", func() bool { uris, _ := c.Requests(a.User()); return len(uris) == 3 })
	c.Apply(t, configMap(ns, "n", "a", "1"))
	f.until(t, "the file, and no outage", func(s *source.Snapshot) bool {
		if len(s.Unread) > 0 {
			t.Errorf("an outage is told: %s", show(s))
		}
		return len(s.Files) == 1
	})
	if n := f.Streams()[0].Reconnects; n != 1 {
		t.Errorf("%d reconnects", n)
	}
}

// Packets are dropped without anybody being told: the silence is noticed, and what happened meanwhile is applied.
func TestFrozenConnection(t *testing.T) {
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	c.Apply(t, configMap(ns, "goes", "a", "1"))
	p := c.Proxy(t)
	f := follow(t, kubernetes.Options{
		Client: open(t, a, p), Namespaces: []string{ns}, ServerTimeout: 2 * time.Second, ReadTimeout: 3 * time.Second, RetryDelay: time.Second,
	})
	path := ns + "/configmap/goes/a"
	f.until(t, "the file", f.holds(map[string]string{path: "1"}))
	p.Freeze()
	began := time.Now()
	f.unreadable(t, path, "nothing was heard for 3s")
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("silence was noticed after %v", took)
	}
	c.Delete(t, configMap(ns, "goes", "", ""))
	p.Pass()
	f.until(t, "the deletion", f.holds(nil))
}

// A server that is killed and started again: nothing vanishes meanwhile, and what was done to it since is seen.
func TestServerKilled(t *testing.T) {
	c := cluster.Start(t, cluster.Options{})
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	c.Apply(t, configMap(ns, "stays", "a", "1"))
	c.Apply(t, configMap(ns, "goes", "a", "2"))
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{ns}, RetryDelay: time.Second})
	stays, goes := ns+"/configmap/stays/a", ns+"/configmap/goes/a"
	f.until(t, "both", f.holds(map[string]string{stays: "1", goes: "2"}))
	c.KillServer()
	if s := f.unreadable(t, goes, "connection refused"); len(s.Files) != 2 {
		t.Errorf("an outage changed what is there: %s", show(s))
	}
	if err := c.StartServer(); err != nil {
		t.Fatal(err)
	}
	c.Delete(t, configMap(ns, "goes", "", ""))
	f.until(t, "one", f.holds(map[string]string{stays: "1"}))
}

// The database is compacted and the server started anew while the stream is cut off: its revision is too old (410), and a list says what
// was deleted meanwhile.
func TestRevisionTooOld(t *testing.T) {
	c := cluster.Start(t, cluster.Options{})
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	c.Apply(t, configMap(ns, "stays", "a", "1"))
	c.Apply(t, configMap(ns, "goes", "a", "2"))
	p := c.Proxy(t)
	f := follow(t, kubernetes.Options{Client: open(t, a, p), Namespaces: []string{ns}, RetryDelay: time.Second})
	stays, goes := ns+"/configmap/stays/a", ns+"/configmap/goes/a"
	f.until(t, "both", f.holds(map[string]string{stays: "1", goes: "2"}))
	p.Cut()
	c.Delete(t, configMap(ns, "goes", "", ""))
	for i := range 20 {
		c.Apply(t, configMap(ns, "other", "a", fmt.Sprint(i)))
	}
	c.Compact(t)
	c.KillServer()
	if err := c.StartServer(); err != nil {
		t.Fatal(err)
	}
	p.Pass()
	f.until(t, "what is there now", f.holds(map[string]string{stays: "1", ns + "/configmap/other/a": "19"}))
	uris, err := c.Requests(a.User())
	if err != nil {
		t.Fatal(err)
	}
	lists := 0
	for _, uri := range uris {
		if strings.Contains(uri, "sendInitialEvents") {
			lists++
		}
	}
	if lists < 2 {
		t.Errorf("no list was made after the revision expired: %q", uris)
	}
}

// A token that is no longer valid fails the stream when it next asks; one that takes its place in the file is found.
func TestTokenRevokedAndRenewed(t *testing.T) {
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	c.Apply(t, configMap(ns, "n", "a", "1"))
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{ns}, ServerTimeout: time.Second, RetryDelay: time.Second})
	path := ns + "/configmap/n/a"
	f.until(t, "the file", f.holds(map[string]string{path: "1"}))
	a.Revoke(t)
	if s := f.unreadable(t, path, "401"); len(s.Files) != 1 {
		t.Errorf("a refusal changed what is there: %s", show(s))
	}
	c.Apply(t, configMap(ns, "n", "a", "2"))
	a.Renew(t)
	f.until(t, "the new value", f.holds(map[string]string{path: "2"}))
}

// One namespace that may not be read takes no other with it.
func TestOneNamespaceForbidden(t *testing.T) {
	c := server(t)
	a, x, y := c.Account(t), c.Namespace(t), c.Namespace(t)
	a.Allow(t, x, cluster.Reads())
	c.Apply(t, configMap(x, "n", "a", "1"))
	c.Apply(t, configMap(y, "n", "a", "2"))
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{x, y}, RetryDelay: time.Second})
	inX, inY := x+"/configmap/n/a", y+"/configmap/n/a"
	s := f.until(t, "one of them", f.has(map[string]string{inX: "1"}))
	if s.Unreadable(inX) || !s.Unreadable(inY) || s.Settled {
		t.Errorf("snapshot: %s", show(s))
	}
	want := "configmaps in namespace " + y + " cannot be followed since "
	if u := s.Unread[0]; u.Prefix != y+"/configmap/" || !strings.HasPrefix(u.Reason, want) || !strings.Contains(u.Reason, "403: configmaps is forbidden") {
		t.Errorf("unread: %+v", u)
	}
	a.Allow(t, y, cluster.Reads())
	f.until(t, "both", f.holds(map[string]string{inX: "1", inY: "2"}))
	a.Deny(t, y)
	f.Trigger(true)
	s = f.unreadable(t, inY, "403")
	if len(s.Files) != 2 {
		t.Errorf("a refusal changed what is there: %s", show(s))
	}
}

// A server that does not stream lists is asked for pages.
func TestPages(t *testing.T) {
	c := cluster.Start(t, cluster.Options{Flags: []string{"--feature-gates=WatchList=false"}})
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	want := map[string]string{}
	for i := range 2*kube.PageSize + 1 {
		name := fmt.Sprintf("n%03d", i)
		c.Apply(t, configMap(ns, name, "a", name))
		want[ns+"/configmap/"+name+"/a"] = name
	}
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{ns}})
	f.until(t, "all of them", f.holds(want))
	delete(want, ns+"/configmap/n000/a")
	c.Delete(t, configMap(ns, "n000", "", ""))
	f.until(t, "a deletion", f.holds(want))
	uris, err := c.Requests(a.User())
	if err != nil {
		t.Fatal(err)
	}
	if len(uris) != 5 { // a refused stream, three pages, a watch
		t.Errorf("%d requests: %q", len(uris), uris)
	}
}
