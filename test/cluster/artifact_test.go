package cluster_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact"
)

func (w *team) write(file, text string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// artifact builds an artifact of documents and pushes it as NAMESPACE/name, under tags of which the first is its version.
func (w *team) artifact(name, version string, files map[string]string, tags ...string) artifact.Descriptor {
	w.t.Helper()
	ctx, dir := context.Background(), w.t.TempDir()
	for path, text := range files {
		w.write(filepath.Join(dir, "files", path), text)
	}
	l, err := artifact.CreateLayout(filepath.Join(dir, "layout"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer l.Close()
	built, err := artifact.Build(ctx, l, artifact.Options{Directory: filepath.Join(dir, "files"), Annotations: map[string]string{artifact.AnnotationVersion: version}})
	if err != nil {
		w.t.Fatal(err)
	}
	repo, err := w.n.Images.Repository(w.namespace + "/" + name)
	if err != nil {
		w.t.Fatal(err)
	}
	defer repo.Close()
	if _, err := repo.Push(ctx, built, append([]string{version}, tags...)...); err != nil {
		w.t.Fatal(err)
	}
	return built.Descriptor
}

// boards are n dashboards of a project, below a directory.
func boards(directory, in string, n int, title string) map[string]string {
	files := map[string]string{filepath.Join(directory, "project.yaml"): project(in)}
	for i := range n {
		name := fmt.Sprintf("d%02d", i)
		files[filepath.Join(directory, name+".yaml")] = dashboard(in, name, title)
	}
	return files
}

func together(sets ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, set := range sets {
		for name, text := range set {
			all[name] = text
		}
	}
	return all
}

// kept makes the chart keep the database on the disk that the test made.
const kept = `
persistence: {enabled: true, existingClaim: data}
`

// claim makes a disk, empty, and claims it.
func (w *team) claim() {
	w.t.Helper()
	w.disk(nil)
	w.apply(`
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {storageClassName: by-hand, accessModes: [ReadWriteOnce], resources: {requests: {storage: 8Gi}}, volumeName: NAMESPACE-perses}
`)
}

// both are two directories of one artifact, mounted apart.
func both(version string) string {
	return kept + fmt.Sprintf(`
ociArtifacts:
- {name: prod, image: {reference: "REGISTRY/NAMESPACE/boards:%s"}, subPath: prod}
- {name: staging, image: {reference: "REGISTRY/NAMESPACE/boards:%s"}, subPath: staging}
- {name: shared, image: {reference: "REGISTRY/NAMESPACE/shared:v1"}}
securityContext: {runAsUser: 65534, runAsGroup: 65534}
`, version, version)
}

// TestMounted mounts artifacts by ImageVolume beside ConfigMaps, read by a user who owns nothing; goes to the next version and back. What only
// the bad version had is gone, though that is more than half of it all: an artifact vouches for itself (R13, R15).
func TestMounted(t *testing.T) {
	w := newTeam(t, restricted)
	w.claim()
	w.artifact("boards", "v1", together(boards("prod", "prod", 9, "one"), boards("staging", "staging", 3, "one")))
	w.artifact("boards", "v2", together(boards("prod", "prod", 21, "two"), boards("staging", "staging", 3, "two")))
	w.artifact("shared", "v1", map[string]string{"region.yaml": "kind: GlobalVariable\nmetadata: {name: region}\nspec: {kind: TextVariable, spec: {name: region, value: eu}}\n"})
	s := w.install(both("v1"))
	w.apply(labelled("demo", project("demo")) + labelled("cpu", dashboard("demo", "cpu", "first")))
	for _, name := range []string{"prod", "staging", "shared", "configmaps"} {
		s.becomes(name, "ready")
	}
	s.visible("/api/v1/projects/demo/dashboards/cpu", "first")
	s.visible("/api/v1/globalvariables/region", "eu")
	if p, q := s.count("prod"), s.count("staging"); p != 9 || q != 3 {
		t.Errorf("%d and %d dashboards, want 9 and 3", p, q)
	}

	began := time.Now()
	s = w.upgrade(both("v2"))
	s.visible("/api/v1/projects/prod/dashboards/d20", "two")
	t.Logf("from helm upgrade to version 2 served: %.1f s", time.Since(began).Seconds())
	began = time.Now()
	s = w.replaced(func() { w.helm("", "rollback", "boards", "1") })
	s.gone("/api/v1/projects/prod/dashboards/d20")
	t.Logf("from helm rollback to what only version 2 had being gone: %.1f s", time.Since(began).Seconds())
	s.becomes("prod", "ready")
	if n := s.count("prod"); n != 9 {
		t.Errorf("%d dashboards after going back from 21 to 9", n)
	}
	s.visible("/api/v1/projects/prod/dashboards/d00", "one")
	s.visible("/api/v1/projects/demo/dashboards/cpu", "first")
}

// TestMountedWrong goes to images that bring nothing: one without files, and one made by oras, which the node mounts as an empty directory.
// Nothing is deleted, and the source says so (R39). What the node refuses to mount is an outage, and deletes nothing either.
func TestMountedWrong(t *testing.T) {
	w := newTeam(t, restricted)
	w.claim()
	good := boards("", "demo", 12, "one")
	w.artifact("boards", "v1", good)
	w.empty("boards", "empty")
	w.oras("boards", "oras", "application/json", good)
	w.oras("boards", "refused", "application/vnd.oci.image.layer.v1.tar", good)
	values := func(tag string) string {
		return kept + `ociArtifacts: {name: boards, image: {reference: "REGISTRY/NAMESPACE/boards:` + tag + `"}}` + "\n"
	}
	s := w.install(values("v1"))
	s.becomes("boards", "ready")
	for _, tag := range []string{"empty", "oras"} {
		s = w.upgrade(values(tag))
		s.becomes("boards", "failing")
		t.Logf("%s: %s", tag, s.source("boards").Reason)
		w.stays(5*time.Second, "all 12 are served after an upgrade to "+tag, func() bool { return s.count("demo") == 12 })
	}
	w.helm(values("refused"), "upgrade", "boards", chart)
	w.eventually("the node to refuse", func() bool { all := w.pods(ours); return len(all) == 1 && all[0].waits("CreateContainerError") })
	w.helm("", "rollback", "boards", "1")
	w.kubectl("delete", "pod", "boards-perses-0", "--wait=false") // a StatefulSet does not replace a pod that never was ready
	s = w.server(w.readyPod(ours))
	s.becomes("boards", "ready")
	if n := s.count("demo"); n != 12 {
		t.Errorf("%d of 12 are served after going back", n)
	}
}
