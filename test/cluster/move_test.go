package cluster_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// theirs makes a chart of the objects that the chart of Perses renders, for a release of the name perses.
func (w *team) theirs() string {
	dir := w.t.TempDir()
	w.write(filepath.Join(dir, "Chart.yaml"), "apiVersion: v2\nname: perses\nversion: 0.23.2\n")
	objects := w.fill(upstream) + `---
apiVersion: v1
kind: Service
metadata: {name: perses}
spec:
  selector: {app.kubernetes.io/name: perses, app.kubernetes.io/instance: perses}
  ports: [{name: http, port: 8080, targetPort: 8080, protocol: TCP}]
`
	w.write(filepath.Join(dir, "templates", "all.yaml"), strings.ReplaceAll(objects, ", volumeName: "+w.namespace+"-perses", ""))
	return dir
}

// TestMove goes the way of docs/from-perses.md: a release of the Perses chart, with a database and a ConfigMap, moves to ours by helm upgrade, and
// back by helm rollback. Both run our server: what is tried is that Helm and Kubernetes let them move in place, and that all stays served.
func TestMove(t *testing.T) {
	const pods = "app.kubernetes.io/instance=perses"
	w := newTeam(t, privileged)
	files := persesWrote(t)
	root := w.disk(files)
	w.helm("", "install", "perses", w.theirs())
	t.Cleanup(func() { w.helm("", "uninstall", "perses", "--wait") })
	p := w.readyPod(pods)
	s := w.server(p)
	w.apply(labelled("new-project", project("new")) + labelled("new-cpu", dashboard("new", "cpu", "first")))
	served := func(when string) {
		s.visible("/api/v1/projects/new/dashboards/cpu", "first")
		s.visible("/api/v1/projects/old/dashboards/cpu", `"version":7`)
		s.visible("/api/v1/projects/old/secrets/token", "Bearer")
		w.untouched(root, files)
		t.Logf("%s: containers %s", when, w.kubectl("get", "pods", "-l", pods, "-o", "jsonpath={.items[*].spec.containers[*].name}"))
	}
	served("the chart of Perses")
	next := func(change func()) {
		old := p.Metadata.UID
		began := time.Now()
		change()
		w.eventually("another pod", func() bool {
			all := w.pods(pods)
			return len(all) == 1 && all[0].Metadata.UID != old && all[0].ready()
		})
		p = w.readyPod(pods)
		s = w.server(p)
		t.Logf("another pod is ready after %.1f s", time.Since(began).Seconds())
	}
	next(func() {
		w.helm("sidecar: {enabled: true, allNamespaces: false}\npersistence: {enabled: true, storageClass: by-hand}\n", "upgrade", "perses", chart)
	})
	served("over")
	if len(p.Status.ContainerStatuses) != 1 {
		t.Errorf("%d containers; the server watches by itself", len(p.Status.ContainerStatuses))
	}
	w.apply(labelled("more", dashboard("new", "more", "watched")))
	s.visible("/api/v1/projects/new/dashboards/more", "watched")
	next(func() { w.helm("", "rollback", "perses", "1") })
	served("back")
	if len(p.Status.ContainerStatuses) != 2 {
		t.Errorf("%d containers; the sidecar is back", len(p.Status.ContainerStatuses))
	}
}

var (
	valuesOf = regexp.MustCompile("(?s)```yaml\n# values\\.yaml\n(.*?)\n```")
	spaces   = regexp.MustCompile(`team-[a-z]\b|platform|infra`)
)

// TestPageValues has the API server judge what every values file of the pages renders to, and Pod Security warn of what is not restricted. Types that
// operators bring are left out: they are held to Go's types of them in test/chart.
func TestPageValues(t *testing.T) {
	w := newTeam(t, restricted)
	w.kubectl("label", "namespace", w.namespace, "pod-security.kubernetes.io/warn=restricted")
	pages, err := filepath.Glob("../../docs/*.md")
	w.must(err)
	seen := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		w.must(err)
		for _, m := range valuesOf.FindAllStringSubmatch(string(text), -1) {
			seen++
			manifests := w.helm(spaces.ReplaceAllString(m[1], w.namespace), "template", "boards", chart, "--no-hooks")
			var known []string
			for _, o := range strings.Split(manifests, "\n---\n") {
				if !strings.Contains(o, "apiVersion: monitoring.coreos.com/") && !strings.Contains(o, "apiVersion: gateway.networking.k8s.io/") {
					known = append(known, o)
				}
			}
			out, err := w.run(Kubectl, strings.Join(known, "\n---\n"), "-n", w.namespace, "apply", "--dry-run=server", "-f", "-")
			if err != nil || !strings.Contains(out, "statefulset.apps/boards-perses created") || strings.Contains(out, "PodSecurity") {
				t.Errorf("%s\n%s\n%v\n%s", page, m[1], err, out)
			}
		}
	}
	t.Logf("%d values files", seen)
	if seen < 12 {
		t.Error("the pages show fewer values files than they did")
	}
}
