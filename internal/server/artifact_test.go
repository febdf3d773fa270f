package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/artifact/verify"
	"github.com/perseid-dev/perseid/internal/delivery"
	testregistry "github.com/perseid-dev/perseid/test/registry"
)

// press makes artifacts and brings them to a registry, which a server follows with verification on.
type press struct {
	*rack
	registry *testregistry.Registry
	repo     *registry.Repository
	key      *verify.PrivateKey
}

func newPress(t *testing.T) *press {
	t.Helper()
	p := &press{rack: newRack(t), registry: &testregistry.Registry{}}
	server := httptest.NewServer(p.registry)
	t.Cleanup(server.Close)
	ref, err := registry.ParseReference(strings.TrimPrefix(server.URL, "http://") + "/team/boards:prod")
	p.must(err)
	p.repo, err = registry.Open(ref, registry.Options{})
	p.must(err)
	t.Cleanup(func() { _ = p.repo.Close() })
	p.key, _, err = verify.GenerateKey()
	p.must(err)
	public := filepath.Join(t.TempDir(), "team.pub")
	p.must(os.WriteFile(public, p.key.Public.PEM(), 0o644))
	p.must(os.Mkdir(p.dir, 0o755))
	p.config = fmt.Sprintf("delivery: {sources: [{name: boards, interval: 1h, artifact: {reference: %q, verify: {keys: [%q]}}}]}\n", ref, public)
	return p
}

// release builds, pushes and, if it is to be trusted, signs; then it tells the server, as a registry's webhook does.
func (p *press) release(version string, signed bool, files map[string]string) artifact.Descriptor {
	p.t.Helper()
	base := p.t.TempDir()
	for name, text := range files {
		path := filepath.Join(base, "in", name)
		p.must(os.MkdirAll(filepath.Dir(path), 0o755))
		p.must(os.WriteFile(path, []byte(text), 0o644))
	}
	layout, err := artifact.CreateLayout(filepath.Join(base, "layout"))
	p.must(err)
	defer layout.Close()
	image, err := artifact.Build(p.t.Context(), layout, artifact.Options{
		Directory: filepath.Join(base, "in"), Annotations: map[string]string{artifact.AnnotationVersion: version},
	})
	p.must(err)
	_, err = p.repo.Push(p.t.Context(), image, version)
	p.must(err)
	if signed {
		_, err = verify.Sign(p.t.Context(), p.repo, image.Descriptor, p.repo.Name(), p.key)
		p.must(err)
	}
	p.offer(image.Descriptor)
	return image.Descriptor
}

// offer moves the tag that the server follows, and calls the webhook.
func (p *press) offer(d artifact.Descriptor) {
	p.t.Helper()
	p.must(p.repo.Tag(p.t.Context(), d, "prod"))
	if p.world.base != "" {
		p.order(http.StatusAccepted, atSource("boards", "reconcile"), "{}")
	}
}

func (p *press) stateIs(state delivery.State) {
	p.t.Helper()
	p.eventually("state "+string(state), func() bool { return p.source("boards").State == state })
}

// The story of issue 6, from the first version to the one that nobody signed.
func TestArtifactStory(t *testing.T) {
	p := newPress(t)
	one := p.release("v1", true, documentsOf(firstRelease))
	p.start()
	p.serves("a", "a1")
	p.whole("v1", firstRelease)
	if got := p.source("boards"); got.Revision != one.Digest.String() || got.Kind != "artifact" {
		t.Errorf("%+v", got)
	}

	two := p.release("v2", true, documentsOf(secondRelease))
	p.serves("a", "a2")
	p.whole("v2", secondRelease)

	broken := documentsOf(map[string]string{"a": "a3"})
	broken["team/b.yaml"] = strings.Replace(dashboard("b", "b3"), "duration: 1h", "duration: soon", 1)
	three := p.release("v3", true, broken)
	p.stateIs(delivery.Degraded)
	p.whole("v3 is offered", secondRelease)

	p.order(http.StatusOK, atSource("boards", "rollback"), `{"untilNewer":true,"revision":"`+one.Digest.String()+`"}`)
	p.serves("a", "a1")
	p.whole("rolled back to v1", firstRelease)
	for _, again := range []artifact.Descriptor{two, three} {
		p.offer(again)
		p.looked("boards")
		p.whole("offered again", firstRelease)
	}

	four := map[string]string{"a": "a4", "b": "b", "new": "new"}
	p.release("v4", true, documentsOf(four))
	p.serves("a", "a4")
	p.whole("v4", four)

	p.release("v5", false, documentsOf(map[string]string{"a": "a5"}))
	p.stateIs(delivery.Failing)
	p.whole("v5, which nobody signed", four)
	if why := fmt.Sprint(p.source("boards")); !strings.Contains(why, "is not signed") {
		t.Errorf("%s", why)
	}
}
