package oci

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/artifact/verify"
	"github.com/perseid-dev/perseid/internal/objects"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/source"
	testregistry "github.com/perseid-dev/perseid/test/registry"
)

const repoName = "team/boards"

// rig is a registry, and what a source needs.
type rig struct {
	*testregistry.Registry
	t      testing.TB
	host   string
	bodies *objects.Store
	keys   map[string]*verify.PrivateKey
}

func start(t testing.TB, g *testregistry.Registry) *rig {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	key, err := seal.NewKey([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	bodies, err := objects.Open(filepath.Join(t.TempDir(), "objects"), key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bodies.Close() })
	return &rig{Registry: g, t: t, host: strings.TrimPrefix(server.URL, "http://"), bodies: bodies, keys: map[string]*verify.PrivateKey{}}
}

func (r *rig) reference(rest string) registry.Reference {
	r.t.Helper()
	ref, err := registry.ParseReference(r.host + "/" + repoName + rest)
	if err != nil {
		r.t.Fatal(err)
	}
	return ref
}

func (r *rig) repo() *registry.Repository {
	r.t.Helper()
	repo, err := registry.Open(r.reference(""), registry.Options{Backoff: time.Millisecond})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = repo.Close() })
	return repo
}

// push builds files and pushes them under a tag; it returns the digest.
func (r *rig) push(tag string, files map[string]string) artifact.Descriptor {
	r.t.Helper()
	dir := r.t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, "in", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
	layout, err := artifact.CreateLayout(filepath.Join(dir, "layout"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer layout.Close()
	image, err := artifact.Build(r.t.Context(), layout, artifact.Options{
		Directory: filepath.Join(dir, "in"), Annotations: map[string]string{artifact.AnnotationVersion: tag},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.repo().Push(r.t.Context(), image, tag); err != nil {
		r.t.Fatal(err)
	}
	return image.Descriptor
}

// sign signs with a key of a name, and returns the file with its public half.
func (r *rig) sign(d artifact.Descriptor, name string) string {
	r.t.Helper()
	key := r.keys[name]
	if key == nil {
		var err error
		if key, _, err = verify.GenerateKey(); err != nil {
			r.t.Fatal(err)
		}
		r.keys[name] = key
	}
	repo := r.repo()
	if _, err := verify.Sign(r.t.Context(), repo, d, repo.Name(), key); err != nil {
		r.t.Fatal(err)
	}
	file := filepath.Join(r.t.TempDir(), name+".pub")
	if err := os.WriteFile(file, key.Public.PEM(), 0o644); err != nil {
		r.t.Fatal(err)
	}
	return file
}

func (r *rig) options(rest string) Options {
	return Options{
		Name: "boards", Reference: r.reference(rest), Bodies: r.bodies, Registry: registry.Options{Backoff: time.Millisecond},
	}
}

func (r *rig) poller(o Options) *poller {
	p := &poller{o: New(o).o, repo: r.repo()}
	p.recall()
	return p
}

// served polls, and wants files and nothing unread. It returns their contents by path.
func (r *rig) served(p *poller) (*source.Snapshot, map[string]string) {
	r.t.Helper()
	s := p.poll(r.t.Context(), false)
	if len(s.Unread) > 0 {
		r.t.Fatalf("unread: %v", s.Unread)
	}
	if !s.Complete || !s.Settled {
		r.t.Errorf("complete %t, settled %t", s.Complete, s.Settled)
	}
	files := map[string]string{}
	for _, f := range s.Files {
		data, err := r.bodies.Open(f.Digest)
		if err != nil {
			r.t.Fatal(err)
		}
		files[f.Path] = string(data)
	}
	return s, files
}

// refused polls, and wants everything unread for a reason.
func (r *rig) refused(p *poller, want string) {
	r.t.Helper()
	s := p.poll(r.t.Context(), false)
	if len(s.Files) != 0 || len(s.Unread) != 1 || s.Unread[0].Prefix != "" || !strings.Contains(s.Unread[0].Reason, want) || s.Complete {
		r.t.Errorf("%+v; want unread for %q", s, want)
	}
}

var boards = map[string]string{"a.yaml": "kind: Project\nmetadata: {name: a}\n", "prod/b.json": "{}", "prod/c.yml": "x: y\n", "readme.md": "no document"}

func TestFollowTag(t *testing.T) {
	r := start(t, &testregistry.Registry{})
	d := r.push("v1", boards)
	p := r.poller(r.options(":v1"))
	s, files := r.served(p)
	if diff := cmp.Diff(map[string]string{"a.yaml": boards["a.yaml"], "prod/b.json": "{}", "prod/c.yml": "x: y\n"}, files); diff != "" {
		t.Error(diff)
	}
	if s.Source != "boards" || s.Version != "v1" || s.Revision != d.Digest.String() {
		t.Errorf("%s, version %s, revision %s", s.Source, s.Version, s.Revision)
	}
	if got, want := s.Files[1].Origin, r.host+"/"+repoName+"@"+d.Digest.String()+":prod/b.json"; got != want {
		t.Errorf("origin %s, want %s", got, want)
	}
	// A poll that finds nothing new is one question without a body.
	r.Requests()
	again, _ := r.served(p)
	if got := r.Requests(); len(got) != 1 || got[0].Method != "HEAD" {
		t.Errorf("asked %v", got)
	}
	again.At = s.At
	if diff := cmp.Diff(s, again); diff != "" {
		t.Error(diff)
	}
	// The tag moves.
	moved := r.push("v1", map[string]string{"a.yaml": "new"})
	s, files = r.served(p)
	if diff := cmp.Diff(map[string]string{"a.yaml": "new"}, files); diff != "" || s.Revision != moved.Digest.String() {
		t.Error(s.Revision, diff)
	}
}

func TestFollowRangeAndDigest(t *testing.T) {
	r := start(t, &testregistry.Registry{})
	first := r.push("v1.0.0", map[string]string{"a.yaml": "1.0"})
	in, err := registry.ParseRange("^1")
	if err != nil {
		t.Fatal(err)
	}
	o := r.options("")
	o.Range = &in
	p := r.poller(o)
	for _, step := range []struct{ push, version, content string }{
		{"", "v1.0.0", "1.0"}, {"v1.2.0", "v1.2.0", "1.2"}, {"v2.0.0", "v1.2.0", "1.2"}, {"v1.10.0", "v1.10.0", "1.10"}, {"v1.9.0", "v1.10.0", "1.10"},
	} {
		if step.push != "" {
			r.push(step.push, map[string]string{"a.yaml": strings.TrimSuffix(strings.TrimPrefix(step.push, "v"), ".0")})
		}
		if s, files := r.served(p); s.Version != step.version || files["a.yaml"] != step.content {
			t.Errorf("after %q: %s, %v", step.push, s.Version, files)
		}
	}
	none, _ := registry.ParseRange("^7")
	o.Range = &none
	r.refused(r.poller(o), "is a version in ^7")
	// A digest stays what it is, and is not asked for again.
	pinned := r.poller(r.options("@" + first.Digest.String()))
	if s, files := r.served(pinned); s.Version != "v1.0.0" || files["a.yaml"] != "1.0" {
		t.Errorf("%s, %v", s.Version, files)
	}
	r.Requests()
	if r.served(pinned); len(r.Requests()) != 0 {
		t.Error("a digest is asked for again")
	}
}

// R38: a directory of the artifact has an index of its own.
func TestR38Path(t *testing.T) {
	r := start(t, &testregistry.Registry{})
	r.push("v1", boards)
	o := r.options(":v1")
	o.Path = "prod/"
	s, files := r.served(r.poller(o))
	if diff := cmp.Diff(map[string]string{"b.json": "{}", "c.yml": "x: y\n"}, files); diff != "" {
		t.Error(diff)
	}
	if !strings.HasSuffix(s.Files[0].Origin, ":prod/b.json") {
		t.Errorf("origin %s", s.Files[0].Origin)
	}
	for path, want := range map[string]string{"staging": "directory staging of the artifact holds no documents", "../prod": ""} {
		o.Path = path
		if want == "" {
			r.served(r.poller(o))
			continue
		}
		r.refused(r.poller(o), want)
	}
}

// What was pulled is not pulled again after a restart, as long as it is the same and still there.
func TestRemembered(t *testing.T) {
	r := start(t, &testregistry.Registry{})
	r.push("v1", boards)
	o := r.options(":v1")
	o.Memory = &text{}
	before, _ := r.served(r.poller(o))
	r.Requests()
	after, _ := r.served(r.poller(o))
	if got := r.Requests(); len(got) != 1 {
		t.Errorf("after a restart: %v", got)
	}
	after.At = before.At
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	o.Path = "prod"
	if _, files := r.served(r.poller(o)); len(files) != 2 {
		t.Errorf("another path: %v", files)
	}
	o.Bodies = start(t, &testregistry.Registry{}).bodies
	o.Path = ""
	if p := r.poller(o); p.last != nil {
		t.Error("believed though its files are gone")
	}
}

type text struct{ data []byte }

func (m *text) Load() ([]byte, error)  { return m.data, nil }
func (m *text) Save(data []byte) error { m.data = data; return nil }

// A trigger polls at once, whatever the interval; Run ends with its context.
func TestTrigger(t *testing.T) {
	r := start(t, &testregistry.Registry{})
	r.push("v1", map[string]string{"a.yaml": "one"})
	o := r.options(":v1")
	o.Interval = time.Hour
	s := New(o)
	ctx, cancel := context.WithCancel(t.Context())
	got, done := make(chan *source.Snapshot), make(chan error, 1)
	go func() { done <- s.Run(ctx, func(x *source.Snapshot) { got <- x }) }()
	first := <-got
	second := r.push("v1", map[string]string{"a.yaml": "two"})
	s.Trigger(false)
	if next := <-got; next.Revision == first.Revision || next.Revision != second.Digest.String() {
		t.Errorf("%s after %s", next.Revision, first.Revision)
	}
	r.Requests()
	s.Trigger(true)
	if <-got; len(r.Requests()) < 3 {
		t.Error("a full one reads nothing again")
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
