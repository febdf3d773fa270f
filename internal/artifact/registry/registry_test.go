package registry

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/source"
	testregistry "github.com/perseid-dev/perseid/test/registry"
)

// rig is a registry that runs, and a repository in it.
type rig struct {
	*testregistry.Registry
	host string
	repo *Repository
}

func start(t testing.TB, g *testregistry.Registry, o Options) rig {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	return rig{g, host, open(t, host+"/team/boards", o)}
}

func open(t testing.TB, name string, o Options) *Repository {
	t.Helper()
	ref, err := ParseReference(name)
	if err != nil {
		t.Fatal(err)
	}
	if o.Backoff == 0 {
		o.Backoff = time.Millisecond
	}
	r, err := Open(ref, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func describe(mediaType string, data []byte) artifact.Descriptor {
	return artifact.Descriptor{MediaType: mediaType, Digest: source.DigestOf(data), Size: int64(len(data))}
}

// random is a blob that does not fit into one packet.
func random(n int) []byte {
	data := make([]byte, n)
	x := uint32(1)
	for i := range data {
		x = x*1664525 + 1013904223
		data[i] = byte(x >> 24)
	}
	return data
}

func TestPutAndFetch(t *testing.T) {
	g := start(t, &testregistry.Registry{}, Options{})
	ctx := t.Context()
	data := random(300_000)
	d := describe(artifact.MediaTypeLayer, data)
	if there, err := g.repo.Has(ctx, d); there || err != nil {
		t.Fatalf("before: %t, %v", there, err)
	}
	if err := g.repo.Put(ctx, d, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	if there, err := g.repo.Has(ctx, d); !there || err != nil {
		t.Fatalf("after: %t, %v", there, err)
	}
	if got := fetch(t, g.repo, d); !bytes.Equal(got, data) {
		t.Errorf("%d bytes, not those that were put", len(got))
	}
}

func fetch(t *testing.T, r *Repository, d artifact.Descriptor) []byte {
	t.Helper()
	body, err := r.Fetch(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// times makes the first n requests of a sort go wrong.
func times(n int, method, part string, f testregistry.Fault) func(*http.Request) *testregistry.Fault {
	return func(r *http.Request) *testregistry.Fault {
		if n > 0 && r.Method == method && strings.Contains(r.URL.Path, part) {
			n--
			return &f
		}
		return nil
	}
}

// What passes is tried again: the blob arrives whole, whatever happened on the way.
func TestFaultsThatPass(t *testing.T) {
	for name, fault := range map[string]func(*http.Request) *testregistry.Fault{
		"read: 429, wait 0":    times(2, "GET", "/blobs/", testregistry.Fault{Status: 429, RetryAfter: "0"}),
		"read: 500":            times(3, "GET", "/blobs/", testregistry.Fault{Status: 500}),
		"read: cut":            times(3, "GET", "/blobs/", testregistry.Fault{Cut: 100_000}),
		"read: dropped":        times(2, "GET", "/blobs/", testregistry.Fault{Drop: true}),
		"write: 503 at first":  times(2, "POST", "/blobs/", testregistry.Fault{Status: 503, RetryAfter: "0"}),
		"write: 500 at last":   times(2, "PUT", "/blobs/", testregistry.Fault{Status: 500}),
		"write: dropped":       times(2, "PUT", "/blobs/", testregistry.Fault{Drop: true}),
		"question: 502":        times(4, "HEAD", "/blobs/", testregistry.Fault{Status: 502}),
		"write: 429 at last":   times(1, "PUT", "/blobs/", testregistry.Fault{Status: 429, RetryAfter: "0"}),
		"read: slow, then cut": times(1, "GET", "/blobs/", testregistry.Fault{Delay: 10 * time.Millisecond, Cut: 1}),
	} {
		t.Run(name, func(t *testing.T) {
			g := start(t, &testregistry.Registry{Fault: fault}, Options{})
			data := random(300_000)
			d := describe(artifact.MediaTypeLayer, data)
			if there, err := g.repo.Has(t.Context(), d); there || err != nil {
				t.Fatalf("has: %t, %v", there, err)
			}
			if err := g.repo.Put(t.Context(), d, bytes.NewReader(data)); err != nil {
				t.Fatal(err)
			}
			if got := fetch(t, g.repo, d); !bytes.Equal(got, data) {
				t.Errorf("%d bytes, not those that were put", len(got))
			}
		})
	}
}

// What does not pass is told in words that say what is wrong, without what nobody should see.
func TestFaultsThatStay(t *testing.T) {
	always := func(f testregistry.Fault) func(*http.Request) *testregistry.Fault {
		return func(*http.Request) *testregistry.Fault { return &f }
	}
	for name, test := range map[string]struct {
		fault testregistry.Fault
		class problem.Class
		want  string
	}{
		"forbidden":    {testregistry.Fault{Status: 403, Body: `{"errors":[{"code":"DENIED","message":"not\nyours"}]}`}, problem.Forbidden, "(403): denied: not yours"},
		"rate-limited": {testregistry.Fault{Status: 429, RetryAfter: "0"}, problem.Unavailable, "rate-limited (429) after 6 tries"},
		"much later":   {testregistry.Fault{Status: 429, RetryAfter: "3600"}, problem.Unavailable, "asks to wait 1h0m0s"},
		"its own":      {testregistry.Fault{Status: 500}, problem.Unavailable, "a problem of its own (500) after 6 tries"},
		"gone":         {testregistry.Fault{Status: 404}, problem.NotFound, "no such tag or repository"},
		"dropped":      {testregistry.Fault{Drop: true}, problem.Unavailable, "cannot be reached"},
		"elsewhere":    {testregistry.Fault{Status: 307, Location: "http://192.0.2.1/x?sig=secret"}, problem.Forbidden, "sends us to 192.0.2.1 over plain HTTP, which is refused"},
	} {
		t.Run(name, func(t *testing.T) {
			g := start(t, &testregistry.Registry{Fault: always(test.fault)}, Options{})
			_, _, err := g.repo.Manifest(t.Context(), "v1")
			if err == nil {
				t.Fatal("no error")
			}
			if got := problem.ClassOf(err); got != test.class || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("class %d, %q; want class %d, %q", got, err, test.class, test.want)
			}
			if !strings.HasPrefix(err.Error(), "read "+g.host+"/team/boards:v1: ") {
				t.Errorf("%q does not say where", err)
			}
			if errors.Is(err, artifact.ErrNotFound) != (test.class == problem.NotFound) {
				t.Errorf("%q is ErrNotFound: %t", err, errors.Is(err, artifact.ErrNotFound))
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	host := strings.TrimPrefix(server.URL, "http://")
	server.Close()
	_, err := open(t, host+"/team/boards", Options{}).Resolve(t.Context(), "v1")
	if problem.ClassOf(err) != problem.Unavailable || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("%v", err)
	}
}

// A blob that is not what it should be is noticed by who reads it, and one that is longer is not read to its end.
func TestRegistryThatLies(t *testing.T) {
	g := start(t, &testregistry.Registry{}, Options{})
	data := random(5000)
	d := describe(artifact.MediaTypeLayer, data)
	g.PutBlobAs("team/boards", d.Digest.String(), random(6000))
	if body, err := g.repo.Fetch(t.Context(), d); err == nil {
		_, err = io.ReadAll(body)
		t.Errorf("a blob of another size is handed out, then: %v", err)
	}
	if err := g.repo.Put(t.Context(), d, bytes.NewReader(random(4999))); err == nil {
		t.Error("bytes that are not what their digest says were written")
	}
	d.Size = MaxBlob + 1
	if _, err := g.repo.Fetch(t.Context(), d); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("a blob beyond the bound: %v", err)
	}
	m := describe(artifact.MediaTypeManifest, nil)
	m.Size = artifact.MaxManifest + 1
	if _, err := g.repo.Fetch(t.Context(), m); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("a manifest beyond the bound: %v", err)
	}
}

func TestTagsAndReferrers(t *testing.T) {
	for name, without := range map[string]bool{"referrers": false, "no referrers": true} {
		t.Run(name, func(t *testing.T) {
			g := start(t, &testregistry.Registry{NoReferrers: without}, Options{})
			ctx := t.Context()
			data := []byte(`{"schemaVersion":2,"mediaType":"` + artifact.MediaTypeManifest + `","config":{"mediaType":"x","digest":"` + testregistry.DigestOf(nil) + `","size":0},"layers":[]}`)
			d := describe(artifact.MediaTypeManifest, data)
			if list, err := g.repo.Referrers(ctx, d); len(list) != 0 || err != nil {
				t.Fatalf("of nothing: %v, %v", list, err)
			}
			if err := errors.Join(g.repo.Put(ctx, d, bytes.NewReader(data)), g.repo.Tag(ctx, d, "v1", "latest")); err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{"a/b", "c/d"} {
				subject := strings.Replace(string(data), `"config"`, `"artifactType":"`+kind+`","subject":{"mediaType":"`+d.MediaType+`","digest":"`+d.Digest.String()+`","size":1},"config"`, 1)
				r := describe(artifact.MediaTypeManifest, []byte(subject))
				if err := g.repo.Put(ctx, r, strings.NewReader(subject)); err != nil {
					t.Fatal(err)
				}
			}
			list, err := g.repo.Referrers(ctx, d)
			kinds := map[string]bool{}
			for _, l := range list {
				kinds[l.ArtifactType] = true
			}
			if diff := cmp.Diff(map[string]bool{"a/b": true, "c/d": true}, kinds); diff != "" || err != nil {
				t.Errorf("referrers: %v\n%s", err, diff)
			}
			tags, err := g.repo.Tags(ctx)
			if diff := cmp.Diff([]string{"latest", "v1"}, tags); diff != "" || err != nil {
				t.Errorf("tags: %v\n%s", err, diff)
			}
		})
	}
}

// A reading ends when its context does, and says so.
func TestCancelled(t *testing.T) {
	g := start(t, &testregistry.Registry{Fault: times(100, "GET", "/blobs/", testregistry.Fault{Cut: 10})}, Options{Backoff: time.Hour})
	data := random(100_000)
	d := describe(artifact.MediaTypeLayer, data)
	g.PutBlob("team/boards", data)
	ctx, cancel := context.WithCancel(t.Context())
	body, err := g.repo.Fetch(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	buffer := make([]byte, 10)
	if _, err := io.ReadFull(body, buffer); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := body.Read(buffer); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
