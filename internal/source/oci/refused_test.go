package oci

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
	testregistry "github.com/perseid-dev/perseid/test/registry"
)

// What is not signed as it must be is never served, and what was served stays.
func TestTrust(t *testing.T) {
	r := start(t, &testregistry.Registry{})
	one := r.push("v1", map[string]string{"a.yaml": "one"})
	o := r.options(":v1")
	o.Trust.Keys = []string{r.sign(artifact.Descriptor(one), "ann")}
	p := r.poller(o)
	if _, files := r.served(p); files["a.yaml"] != "one" {
		t.Error(files)
	}
	two := r.push("v1", map[string]string{"a.yaml": "two"})
	r.refused(p, "not served: "+two.Digest.String()+" is not signed")
	bob := r.sign(two, "bob")
	r.refused(p, "no trusted signature")
	r.sign(two, "ann")
	if _, files := r.served(p); files["a.yaml"] != "two" {
		t.Error(files)
	}
	// The keys are read again at every poll: another key, and what was trusted is so no more.
	pem, err := os.ReadFile(bob)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.Trust.Keys[0], pem, 0o644); err != nil {
		t.Fatal(err)
	}
	r.served(p)
	if err := os.WriteFile(o.Trust.Keys[0], []byte("nothing"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.refused(p, "no public key in it")
	if err := os.Remove(o.Trust.Keys[0]); err != nil {
		t.Fatal(err)
	}
	r.refused(p, "read key to verify with")
}

func TestTrustOptional(t *testing.T) {
	r := start(t, &testregistry.Registry{})
	one := r.push("v1", map[string]string{"a.yaml": "one"})
	other := r.push("other", map[string]string{"a.yaml": "other"})
	o := r.options(":v1")
	o.Trust.Keys, o.Trust.Optional = []string{r.sign(other, "ann")}, true
	p := r.poller(o)
	for range 2 {
		if s, _ := r.served(p); len(s.Notes) != 1 || !strings.Contains(s.Notes[0].Reason, "is not signed; it is served all the same") {
			t.Errorf("%v", s.Notes)
		}
	}
	r.sign(one, "ann")
	if s, _ := r.served(p); len(s.Notes) != 0 {
		t.Errorf("after it was signed: %v", s.Notes)
	}
}

// The tag moves while the artifact is verified: what is served is what was verified.
func TestTagMovesMeanwhile(t *testing.T) {
	r := start(t, &testregistry.Registry{})
	good := r.push("v1", map[string]string{"a.yaml": "good"})
	evil := r.push("evil", map[string]string{"a.yaml": "evil"})
	o := r.options(":v1")
	o.Trust.Keys = []string{r.sign(good, "ann")}
	moved := false
	r.Fault = func(q *http.Request) *testregistry.Fault {
		if strings.Contains(q.URL.Path, "/referrers/") {
			r.Tag(repoName, "v1", evil.Digest.String())
			moved = true
		}
		return nil
	}
	p := r.poller(o)
	if s, files := r.served(p); files["a.yaml"] != "good" || s.Revision != good.Digest.String() || !moved {
		t.Errorf("%v, %s", files, s.Revision)
	}
	r.refused(p, "is not signed")
}

// R16: a registry that cannot be read is no absence.
func TestR16Away(t *testing.T) {
	var fault atomic.Pointer[testregistry.Fault]
	r := start(t, &testregistry.Registry{Fault: func(*http.Request) *testregistry.Fault { return fault.Load() }})
	d := r.push("v1", boards)
	p := r.poller(r.options(":v1"))
	r.served(p)
	for want, f := range map[string]*testregistry.Fault{
		"rate-limited": {Status: 429, RetryAfter: "120"}, "a problem of its own (500)": {Status: 500}, "cannot be reached": {Drop: true},
		"does not let this user": {Status: 403},
	} {
		fault.Store(f)
		r.refused(p, want)
	}
	fault.Store(nil)
	r.Tag(repoName, "v1", "")
	r.refused(p, "there is no such tag or repository")
	r.Tag(repoName, "v1", d.Digest.String())
	r.served(p)
	// A layer that is gone spoils only what was not read yet.
	next := r.push("v1", map[string]string{"a.yaml": "next"})
	image, err := artifact.Load(t.Context(), r.repo(), next)
	if err != nil {
		t.Fatal(err)
	}
	r.Forget(repoName, image.Manifest.Layers[0].Digest.String())
	r.refused(p, "there is no such")
}

// entry is one of a layer made by hand.
type entry struct{ name, text string }

// image puts an image of several layers, as docker build makes it, and returns its digest.
func (r *rig) image(tag string, layers ...[]entry) {
	r.t.Helper()
	m := artifact.Manifest{SchemaVersion: 2, MediaType: artifact.MediaTypeManifest}
	c := artifact.Config{OS: "linux", Architecture: "amd64", RootFS: artifact.RootFS{Type: "layers"}}
	for _, entries := range layers {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, e := range entries {
			if err := w.WriteHeader(&tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.text))}); err != nil {
				r.t.Fatal(err)
			}
			_, _ = w.Write([]byte(e.text))
		}
		if err := w.Close(); err != nil {
			r.t.Fatal(err)
		}
		r.PutBlob(repoName, b.Bytes())
		digest := source.DigestOf(b.Bytes())
		c.RootFS.DiffIDs = append(c.RootFS.DiffIDs, digest)
		m.Layers = append(m.Layers, artifact.Descriptor{MediaType: "application/vnd.oci.image.layer.v1.tar", Digest: digest, Size: int64(b.Len())})
	}
	config, err := json.Marshal(c)
	if err != nil {
		r.t.Fatal(err)
	}
	r.PutBlob(repoName, config)
	m.Config = artifact.Descriptor{MediaType: artifact.MediaTypeConfig, Digest: source.DigestOf(config), Size: int64(len(config))}
	data, err := json.Marshal(m)
	if err != nil {
		r.t.Fatal(err)
	}
	r.PutManifest(repoName, artifact.MediaTypeManifest, data, tag)
}

// R39: an image of several layers and without an index is read as a mount shows it, and its digest vouches for it.
func TestR39WithoutAnIndex(t *testing.T) {
	r := start(t, &testregistry.Registry{})
	r.image("v1",
		[]entry{{"dashboards/old.yaml", "old"}, {"dashboards/both.yaml", "below"}},
		[]entry{{"datasources/d.json", "{}"}, {"dashboards/.wh.old.yaml", ""}, {"dashboards/both.yaml", "above"}})
	p := r.poller(r.options(":v1"))
	_, files := r.served(p)
	if diff := cmp.Diff(map[string]string{"dashboards/both.yaml": "above", "datasources/d.json": "{}"}, files); diff != "" {
		t.Error(diff)
	}
	o := r.options(":v1")
	o.RequireIndex = true
	r.refused(r.poller(o), "has no perseid.index, which require_index asks for")
	r.image("v1", []entry{{"readme.md", "none"}})
	r.refused(p, "the artifact holds no documents")
}

// R39: an artifact that is not as its index says is unread.
func TestR39Index(t *testing.T) {
	r := start(t, &testregistry.Registry{})
	index := func(complete bool, files ...string) string {
		x := source.Index{Version: "v9", Complete: complete}
		for _, f := range files {
			x.Files = append(x.Files, source.IndexFile{Path: f, Digest: source.DigestOf([]byte(f)), Size: int64(len(f))})
		}
		data, err := x.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	a, b := entry{"a.yaml", "a.yaml"}, entry{"b.yaml", "b.yaml"}
	for name, test := range map[string]struct {
		entries []entry
		want    string
	}{
		"missing":      {[]entry{a, {source.IndexName, index(true, "a.yaml", "b.yaml")}}, "lists b.yaml, which is not there"},
		"different":    {[]entry{{"a.yaml", "A"}, {source.IndexName, index(true, "a.yaml")}}, "a.yaml is not what perseid.index lists"},
		"not complete": {[]entry{a, {source.IndexName, index(false, "a.yaml")}}, "says that it is not complete"},
		"of nothing":   {[]entry{a, {source.IndexName, index(true)}}, "holds no documents"},
		"not an index": {[]entry{a, {source.IndexName, "{"}}, "decode index"},
		"as it says":   {[]entry{a, b, {source.IndexName, index(true, "a.yaml")}}, ""},
	} {
		r.image("v1", test.entries)
		p := r.poller(r.options(":v1"))
		if test.want != "" {
			r.refused(p, test.want)
			continue
		}
		s, files := r.served(p)
		if diff := cmp.Diff(map[string]string{"a.yaml": "a.yaml"}, files); diff != "" || len(s.Notes) != 1 || s.Notes[0].Prefix != "b.yaml" {
			t.Errorf("%s: %v\n%s", name, s.Notes, diff)
		}
	}
}
