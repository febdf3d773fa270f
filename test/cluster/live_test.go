package cluster_test

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/verify"
)

// away is short in everyday runs. The clock of a container is that of the machine, which a test must not move; TestHour of package server moves
// that of its own bubble.
var away = flag.Duration("away", 20*time.Second, "how long TestLive takes the registry away")

// pulled has the server pull by itself, quicker than people would, so that the test need not wait; in an outage of an hour as often as by default.
func pulled() string {
	interval := 2 * time.Second
	if *away > time.Minute {
		interval = time.Minute
	}
	return fmt.Sprintf(`
ociArtifactsMode: live
ociArtifacts: {name: boards, image: {reference: "REGISTRY/NAMESPACE/boards:prod"}, interval: %s, insecure: true}
`, interval)
}

// TestLive moves a tag: the server follows without a new pod. The registry goes away: what is served stays, and is followed again when it is back.
// A pod is replaced when its own specification changes, and then only.
func TestLive(t *testing.T) {
	w, live := newTeam(t, restricted), pulled()
	w.claim()
	first := w.artifact("boards", "v1", boards("", "demo", 3, "one"), "prod")
	s := w.install(kept + live)
	s.visible("/api/v1/projects/demo/dashboards/d02", "one")
	before := w.readyPod(ours)

	began := time.Now()
	w.artifact("boards", "v2", boards("", "demo", 5, "two"), "prod")
	s.visible("/api/v1/projects/demo/dashboards/d04", "two")
	t.Logf("from the tag to the API, asked for at the interval: %.1f s", time.Since(began).Seconds())
	w.n.Images.Tag(w.namespace+"/boards", "prod", first.Digest.String())
	s.gone("/api/v1/projects/demo/dashboards/d04")

	w.n.Images.Away(true)
	t.Cleanup(func() { w.n.Images.Away(false) })
	s.becomes("boards", "failing")
	w.stays(*away, "all three are served without a registry", func() bool { return s.count("demo") == 3 })
	t.Logf("without a registry all three were served for %s", *away)
	w.n.Images.Away(false)
	s.becomes("boards", "ready")

	w.helm(kept+live, "upgrade", "boards", chart) // as it was
	w.stays(3*time.Second, "the pod stays", func() bool {
		all := w.pods(ours)
		return len(all) == 1 && all[0].Metadata.UID == before.Metadata.UID && all[0].restarts() == 0
	})
	s = w.upgrade(kept + live + "logLevel: debug\n")
	s.visible("/api/v1/projects/demo/dashboards/d02", "one")
}

// TestSigned follows a tag whose artifacts must be signed: what nobody signed is not served, and is told of, until it is.
func TestSigned(t *testing.T) {
	w := newTeam(t, restricted)
	key, _, err := verify.GenerateKey()
	w.must(err)
	w.sign("boards", w.artifact("boards", "v1", boards("", "demo", 3, "one"), "prod"), key)
	pem := "\n        " + strings.ReplaceAll(strings.TrimSpace(string(key.Public.PEM())), "\n", "\n        ")
	s := w.install(`
ociArtifacts:
- name: boards
  mode: live
  image: {reference: "REGISTRY/NAMESPACE/boards:prod"}
  interval: 2s
  insecure: true
  verify:
    keys:
      - |` + pem + "\n")
	s.visible("/api/v1/projects/demo/dashboards/d02", "one")
	second := w.artifact("boards", "v2", boards("", "demo", 4, "two"), "prod")
	w.eventually("the source to say that it is not signed", func() bool {
		return strings.Contains(s.source("boards").Reason, "not signed")
	})
	s.visible("/api/v1/projects/demo/dashboards/d02", "one")
	w.sign("boards", second, key)
	s.visible("/api/v1/projects/demo/dashboards/d03", "two")
}

func (w *team) sign(name string, d artifact.Descriptor, key *verify.PrivateKey) {
	w.t.Helper()
	repo, err := w.n.Images.Repository(w.namespace + "/" + name)
	w.must(err)
	defer repo.Close()
	_, err = verify.Sign(context.Background(), repo, d, repo.Name(), key)
	w.must(err)
}
