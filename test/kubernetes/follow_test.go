package kubernetes_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/source/kubernetes"
	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

func TestOneNamespace(t *testing.T) {
	c := server(t)
	a, ns, other := c.Account(t), c.Namespace(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	first := configMap(ns, "one", "a.json", "1")
	first.Annotations = map[string]string{"dir": "sub", kubernetes.AnnotationPriority: "7", kubernetes.AnnotationProject: "p", "other": "x"}
	c.Apply(t, first)
	c.Apply(t, configMap(other, "elsewhere", "b.json", "2"))
	c.Apply(t, cluster.Object{Namespace: ns, Name: "plain", Data: map[string]string{"c.json": "3"}})
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{ns}, DirectoryAnnotation: "dir"})
	one := ns + "/configmap/one/"
	s := f.until(t, "the ConfigMap", f.holds(map[string]string{one + "a.json": "1"}))
	if !s.Settled || len(s.Revision) == 0 {
		t.Errorf("settled %v, revision %q", s.Settled, s.Revision)
	}
	object := s.Files[0].Object
	if object.UID == "" || object.Created == 0 {
		t.Errorf("object is %+v", object)
	}
	object.UID, object.Created = "", 0
	want := source.File{Path: one + "a.json", Origin: ns + "/configmap/one:a.json", Digest: source.DigestOf([]byte("1")), Size: 1, Object: source.Object{
		Kind: "configmap", Namespace: ns, Name: "one", Directory: "sub", Project: "p", Priority: "7"}}
	got := s.Files[0]
	got.Object = object
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	c.Apply(t, configMap(ns, "two", "a.json", "2"))
	two := ns + "/configmap/two/"
	f.until(t, "a second", f.holds(map[string]string{one + "a.json": "1", two + "a.json": "2"}))
	c.Apply(t, configMap(ns, "two", "b.json", "3"))
	f.until(t, "a renamed key", f.holds(map[string]string{one + "a.json": "1", two + "b.json": "3"}))
	c.Delete(t, first)
	f.until(t, "a deletion", f.holds(map[string]string{two + "b.json": "3"}))
}

func TestSeveralNamespacesAndKinds(t *testing.T) {
	c := server(t)
	a, x, y := c.Account(t), c.Namespace(t), c.Namespace(t)
	a.Allow(t, x, cluster.Reads("secrets"))
	a.Allow(t, y, cluster.Reads("secrets"))
	c.Apply(t, configMap(x, "n", "a.json", "1"))
	c.Apply(t, cluster.Object{Resource: "secrets", Namespace: y, Name: "n", Labels: labels, Data: map[string]string{"a.json": "2"}})
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{x, y}, Resources: []kube.Resource{kube.Secrets, kube.ConfigMaps}})
	s := f.until(t, "both", f.holds(map[string]string{x + "/configmap/n/a.json": "1", y + "/secret/n/a.json": "2"}))
	for _, file := range s.Files {
		if file.Secret != strings.Contains(file.Path, "/secret/") {
			t.Errorf("%s: secret is %v", file.Path, file.Secret)
		}
	}
	if n := len(f.Streams()); n != 4 {
		t.Errorf("%d streams", n)
	}
	for _, st := range f.Streams() {
		if !st.Synced || st.Contact.IsZero() || !st.Failing.IsZero() {
			t.Errorf("stream: %+v", st)
		}
	}
}

func TestAllNamespaces(t *testing.T) {
	c := server(t)
	a, x, y := c.Account(t), c.Namespace(t), c.Namespace(t)
	a.Allow(t, "", cluster.Reads())
	group := map[string]string{"group": x}
	for _, ns := range []string{x, y} {
		o := configMap(ns, "n", "a.json", ns)
		o.Labels = group
		c.Apply(t, o)
	}
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Selector: "group in (" + x + ")"})
	f.until(t, "both", f.holds(map[string]string{x + "/configmap/n/a.json": x, y + "/configmap/n/a.json": y}))
}

func TestLabelFlaps(t *testing.T) {
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	o := configMap(ns, "n", "a.json", "1")
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{ns}})
	f.until(t, "nothing", f.holds(nil))
	for range 5 {
		o.Labels = labels
		c.Apply(t, o)
		f.until(t, "the file", f.holds(map[string]string{ns + "/configmap/n/a.json": "1"}))
		o.Labels = nil
		c.Apply(t, o)
		f.until(t, "no file", f.holds(nil))
	}
}

// A key that moves between data and binaryData is one file all along.
func TestKeyMoves(t *testing.T) {
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{ns}})
	path := ns + "/configmap/n/a.json"
	for i := range 4 {
		value := fmt.Sprint(i)
		o := configMap(ns, "n", "a.json", value)
		if i%2 == 0 {
			o.Data, o.Binary = nil, map[string][]byte{"a.json": []byte(value)}
		}
		c.Apply(t, o)
		f.until(t, "the value "+value, f.holds(map[string]string{path: value}))
	}
	o := configMap(ns, "n", "b.url", "http://x")
	c.Apply(t, o)
	f.until(t, "another key", f.holds(map[string]string{ns + "/configmap/n/b.url": "http://x"}))
	o.Data = map[string]string{"b": "y"}
	c.Apply(t, o)
	f.until(t, "the key without its ending", f.holds(map[string]string{ns + "/configmap/n/b": "y"}))
}

func TestNamesArePolled(t *testing.T) {
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Fetches())
	c.Apply(t, cluster.Object{Namespace: ns, Name: "wanted", Data: map[string]string{"a": "1"}})
	c.Apply(t, configMap(ns, "labelled", "b", "2"))
	f := follow(t, kubernetes.Options{
		Client: open(t, a, nil), Namespaces: []string{ns}, Poll: 100_000_000, // 0.1 s
		Names: []kubernetes.ObjectName{{Name: "wanted"}, {Name: "absent"}, {Resource: kube.Secrets, Name: "labelled"}},
	})
	f.until(t, "the named one", f.holds(map[string]string{ns + "/configmap/wanted/a": "1"}))
	c.Apply(t, cluster.Object{Namespace: ns, Name: "absent", Data: map[string]string{"c": "3"}})
	f.until(t, "the one that came", f.holds(map[string]string{ns + "/configmap/wanted/a": "1", ns + "/configmap/absent/c": "3"}))
	c.Delete(t, cluster.Object{Namespace: ns, Name: "wanted"})
	f.until(t, "the one that stayed", f.holds(map[string]string{ns + "/configmap/absent/c": "3"}))
}

func TestPollAndList(t *testing.T) {
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	c.Apply(t, configMap(ns, "n", "a", "1"))
	o := kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{ns}, Poll: 100_000_000}
	f := follow(t, o)
	want := map[string]string{ns + "/configmap/n/a": "1"}
	f.until(t, "the file", f.holds(want))
	c.Delete(t, configMap(ns, "n", "", ""))
	f.until(t, "a deletion", f.holds(nil))
	c.Apply(t, configMap(ns, "n", "a", "1"))
	o.Bodies, o.Selector = f.bodies, label
	s, err := kubernetes.List(context.Background(), o)
	if err != nil || !f.holds(want)(s) {
		t.Errorf("list: %v, %s", err, show(s))
	}
	o.Resources = []kube.Resource{kube.ConfigMaps, kube.Secrets}
	s, err = kubernetes.List(context.Background(), o)
	if err == nil || !strings.Contains(err.Error(), "403") || !f.has(want)(s) || !s.Unreadable(ns+"/secret/x/y") || s.Unreadable(ns+"/configmap/n/a") {
		t.Errorf("list with secrets: %v, %s", err, show(s))
	}
}

// A namespace that is terminated takes its objects with it, as far as those who watch can tell; its Role goes too.
func TestNamespaceTerminated(t *testing.T) {
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	c.Apply(t, configMap(ns, "n", "a", "1"))
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{ns}, ServerTimeout: 2e9})
	f.until(t, "the file", f.holds(map[string]string{ns + "/configmap/n/a": "1"}))
	c.Do(t, http.MethodDelete, "/api/v1/namespaces/"+ns, nil)
	c.Do(t, http.MethodDelete, "/api/v1/namespaces/"+ns+"/configmaps", nil) // what the controller manager does
	f.until(t, "a deletion", f.holds(nil))
	a.Deny(t, ns)
	s := f.until(t, "the stream to fail", func(s *source.Snapshot) bool { return s.Unreadable(ns + "/configmap/n/a") })
	if !strings.Contains(s.Unread[0].Reason, "403") || len(s.Files) != 0 {
		t.Errorf("snapshot: %s", show(s))
	}
}
