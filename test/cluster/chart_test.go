package cluster_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// images makes the chart take the images under test.
const images = `
image: {registry: REGISTRY, name: perseid, version: test}
sidecar: {image: {registry: REGISTRY, repository: perseid-sidecar, tag: test}}
testFramework: {image: {registry: REGISTRY, repository: perseid, tag: test}}
podLabels: {perseid-test: chart}
readinessProbe: {initialDelaySeconds: 0, periodSeconds: 1}
`

// ours finds the pod of the release.
const ours = "perseid-test=chart"

// helm runs a command of helm with values, which must succeed.
func (w *team) helm(values string, args ...string) string {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "values.yaml")
	w.write(file, w.fill(values))
	common := filepath.Join(w.t.TempDir(), "images.yaml")
	w.write(common, w.fill(images))
	args = append(args, "-n", w.namespace)
	if args[0] == "install" || args[0] == "upgrade" || args[0] == "template" {
		args = append(args, "-f", common, "-f", file)
	}
	out, err := w.run(Helm, "", args...)
	if err != nil {
		w.t.Fatalf("helm %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// chart is the directory of ours.
const chart = "../../charts/perseid"

// install installs the chart as the release boards, waits for the pod, and logs how long that took.
func (w *team) install(values string) *server {
	w.t.Helper()
	began := time.Now()
	w.helm(values, "install", "boards", chart)
	p := w.readyPod(ours)
	w.t.Logf("from helm install to a ready pod: %.1f s", time.Since(began).Seconds())
	return w.server(p)
}

// upgrade upgrades the release and waits for a new pod, unless the old one is to stay.
func (w *team) upgrade(values string) *server {
	w.t.Helper()
	return w.replaced(func() { w.helm(values, "upgrade", "boards", chart) })
}

// replaced waits for the pod that a change puts in the place of the one there is.
func (w *team) replaced(change func()) *server {
	w.t.Helper()
	old := w.readyPod(ours).Metadata.UID
	change()
	w.eventually("another pod", func() bool {
		all := w.pods(ours)
		return len(all) == 1 && all[0].Metadata.UID != old && all[0].ready()
	})
	return w.server(w.readyPod(ours))
}

// source is what the delivery API says of one.
func (s *server) source(name string) delivery.Source {
	s.w.t.Helper()
	var found delivery.Source
	s.read("/api/delivery/v1/sources/"+name, &found)
	return found
}

func (s *server) becomes(name string, state delivery.State) {
	s.w.t.Helper()
	s.w.eventually("source "+name+" to be "+string(state), func() bool { return s.source(name).State == state })
}

// TestInstall installs the chart with its defaults, under the restricted standard: ConfigMaps come and go, and their authors are told what is wrong.
func TestInstall(t *testing.T) {
	w := newTeam(t, restricted)
	s := w.install("")
	began := time.Now()
	w.apply(labelled("demo", project("demo")) + labelled("cpu", dashboard("demo", "cpu", "first")))
	s.visible("/api/v1/projects/demo/dashboards/cpu", "first")
	t.Logf("from before kubectl apply to the API: %.2f s", time.Since(began).Seconds())
	w.apply(labelled("bad", "kind: Dashboard\nmetadata: {project: demo, name: bad}\nspec: {panels: 7}\n"))
	w.eventually("an Event about the bad one", func() bool {
		out := w.kubectl("get", "events", "--field-selector", "involvedObject.name=bad", "-o", "json")
		return strings.Contains(out, `"Warning"`) && strings.Contains(out, "bad.yaml")
	})
	w.kubectl("delete", "configmap", "cpu")
	s.gone("/api/v1/projects/demo/dashboards/cpu")
	if p := w.readyPod(ours); p.restarts() > 0 {
		t.Errorf("%d restarts", p.restarts())
	}
	w.helm("", "uninstall", "boards", "--wait")
}

// TestHelmTest runs "helm test", which asks the server by the name of its Service: it succeeds, and fails when there is no server.
func TestHelmTest(t *testing.T) {
	w := newTeam(t, restricted)
	w.install("config: {api_prefix: /perses}\n")
	if out := w.helm("", "test", "boards", "--logs"); !strings.Contains(out, "Succeeded") || !strings.Contains(out, "configmaps") {
		t.Errorf("helm test says\n%s", out)
	}
	w.kubectl("scale", "statefulset", "boards-perses", "--replicas=0")
	w.eventually("the server to be gone", func() bool { return len(w.pods(ours)) == 0 })
	out, err := w.run(Helm, "", "test", "boards", "-n", w.namespace, "--logs")
	if err == nil {
		t.Errorf("helm test succeeds without a server:\n%s", out)
	}
	t.Logf("without a server: %s", out)
}

// TestDashboards has the chart bring the dashboards on Perseid itself, and take them back, without a new pod.
func TestDashboards(t *testing.T) {
	w := newTeam(t, restricted)
	s := w.install("dashboards: {enabled: true, datasource: thanos}\n")
	w.eventually("four dashboards", func() bool { return s.count("perseid") == 4 })
	s.visible("/api/v1/projects/perseid/dashboards/delivery", `"defaultValue":"thanos"`)
	s.becomes("configmaps", "ready")
	before := w.readyPod(ours).Metadata.UID
	w.helm("dashboards: {enabled: true, disabled: [proxy]}\n", "upgrade", "boards", chart)
	s.gone("/api/v1/projects/perseid/dashboards/proxy")
	w.helm("", "upgrade", "boards", chart)
	s.gone("/api/v1/projects/perseid")
	if after := w.readyPod(ours); after.Metadata.UID != before || after.restarts() > 0 {
		t.Error("the pod was replaced, or started again")
	}
}

// TestSidecar has a sidecar bring them, as an ordinary container and as a native one.
func TestSidecar(t *testing.T) {
	for _, by := range []string{"sidecar", "native-sidecar"} {
		t.Run(by, func(t *testing.T) {
			w := newTeam(t, restricted)
			w.apply(labelled("demo", project("demo")))
			s := w.install("configMaps: {by: " + by + "}\n")
			s.visible("/api/v1/projects/demo", "demo")
			w.apply(labelled("cpu", dashboard("demo", "cpu", "first")))
			s.visible("/api/v1/projects/demo/dashboards/cpu", "first")
			w.kubectl("delete", "configmap", "cpu")
			s.gone("/api/v1/projects/demo/dashboards/cpu")
		})
	}
}

// TestPages runs the values of the two pages of Perses' documentation on resources as code, as the tests of the chart have them.
func TestPages(t *testing.T) {
	t.Run("configmaps", func(t *testing.T) {
		w := newTeam(t, restricted)
		t.Cleanup(func() { w.helm("", "uninstall", "boards", "--wait") }) // it has objects outside of the namespace
		s := w.install(w.page("perses-sidecar"))
		w.apply(labelled("demo", project("demo")) + labelled("cpu", dashboard("demo", "cpu", "first")))
		s.visible("/api/v1/projects/demo/dashboards/cpu", "first")
	})
	t.Run("artifacts", func(t *testing.T) {
		w := newTeam(t, restricted)
		w.artifact("perses-manifests", "v1.0.0", boards("configs/production", "demo", 3, "first"))
		s := w.install(w.page("perses-artifact"))
		s.visible("/api/v1/projects/demo/dashboards/d02", "first")
	})
}

// page is a file of values, with the registry that there is.
func (w *team) page(name string) string {
	w.t.Helper()
	data, err := os.ReadFile("../chart/testdata/values/" + name + ".yaml")
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "registry.example.com/", "REGISTRY/NAMESPACE/")
}

// TestPerses has the API server judge the manifests with the image of Perses, which is not run.
func TestPerses(t *testing.T) {
	w := newTeam(t, restricted)
	manifests := w.helm("server: perses\nsidecar: {enabled: true}\npersistence: {enabled: true}\nociArtifacts: {name: boards, image: {reference: 'example.com/boards:v1'}, mountPath: /etc/perses/provisioning/boards}\n",
		"template", "boards", chart, "--no-hooks")
	out, err := w.run(Kubectl, manifests, "-n", w.namespace, "apply", "--dry-run=server", "-f", "-")
	if err != nil || !strings.Contains(out, "statefulset") {
		t.Errorf("%v\n%s", err, out)
	}
}

// perseid runs a command in the pod, as an operator does.
func (w *team) perseid(args ...string) (string, error) {
	p := w.readyPod(ours)
	return w.run(Kubectl, "", append([]string{"-n", w.namespace, "exec", p.Metadata.Name, "-c", "perseid", "--", "perseid"}, args...)...)
}
