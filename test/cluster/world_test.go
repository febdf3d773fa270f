package cluster_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/test/cluster/node"
)

// patience is how long a test waits for anything; pods are started and stopped meanwhile.
const patience = 2 * time.Minute

// team is what one test works in: a namespace, whose pods must keep to a standard of Pod Security.
type team struct {
	t         *testing.T
	n         *node.Node
	namespace string
	began     time.Time
}

// standards of Pod Security.
const (
	restricted = "restricted"
	privileged = "privileged"
)

func newTeam(t *testing.T, standard string) *team {
	n := theNode(t)
	w := &team{t: t, n: n, namespace: n.Namespace(t), began: time.Now()}
	w.kubectl("label", "namespace", w.namespace, "pod-security.kubernetes.io/enforce="+standard)
	t.Cleanup(func() {
		t.Logf("took %.1f s", time.Since(w.began).Seconds())
		if t.Failed() {
			w.tell()
		}
		w.kubectl("delete", "configmaps", "-l", "perses.dev/resource") // who watches all namespaces sees them until they are gone
		w.kubectl("delete", "namespace", w.namespace, "--wait=false")
	})
	return w
}

// tell logs what helps to understand a failure.
func (w *team) tell() {
	for _, args := range [][]string{
		{"get", "pods", "-o", "wide"}, {"get", "events", "--sort-by=.lastTimestamp"}, {"logs", "--all-pods", "--all-containers", "--prefix", "--tail=40", "-l", "perseid-test"},
	} {
		out, _ := w.run(Kubectl, "", append([]string{"-n", w.namespace}, args...)...)
		w.t.Logf("kubectl %s\n%s", strings.Join(args, " "), out)
	}
}

// Kubectl and Helm are programs as node.Program knows them.
const (
	Kubectl = "kubectl"
	Helm    = "helm"
)

func (w *team) run(program, stdin string, args ...string) (string, error) {
	cmd := exec.Command(node.Program(program), append([]string{"--kubeconfig", w.n.Kubeconfig}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// kubectl runs a command in the namespace, which must succeed, and gives what it says.
func (w *team) kubectl(args ...string) string {
	w.t.Helper()
	out, err := w.run(Kubectl, "", append([]string{"-n", w.namespace}, args...)...)
	if err != nil {
		w.t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// apply creates or changes what manifests say. NAMESPACE and REGISTRY stand for those of the test.
func (w *team) apply(manifests string) {
	w.t.Helper()
	if out, err := w.run(Kubectl, w.fill(manifests), "-n", w.namespace, "apply", "--server-side", "--force-conflicts", "-f", "-"); err != nil {
		w.t.Fatalf("apply: %v\n%s", err, out)
	}
}

func (w *team) fill(text string) string {
	return strings.NewReplacer("NAMESPACE", w.namespace, "REGISTRY", node.Registry).Replace(text)
}

// pod is what tests look at of a pod.
type pod struct {
	Metadata struct{ Name, UID, DeletionTimestamp string }
	Status   struct {
		PodIP             string
		Phase             string
		Conditions        []struct{ Type, Status string }
		ContainerStatuses []struct {
			Name         string
			Ready        bool
			RestartCount int
			State        struct {
				Waiting *struct{ Reason, Message string }
			}
		}
	}
}

func (p *pod) ready() bool {
	for _, c := range p.Status.Conditions {
		if c.Type == "Ready" {
			return c.Status == "True" && p.Metadata.DeletionTimestamp == ""
		}
	}
	return false
}

// waits says whether a container cannot start, for a reason.
func (p *pod) waits(reason string) bool {
	for _, c := range p.Status.ContainerStatuses {
		if c.State.Waiting != nil && c.State.Waiting.Reason == reason {
			return true
		}
	}
	return false
}

// restarts counts those of all containers.
func (p *pod) restarts() (n int) {
	for _, c := range p.Status.ContainerStatuses {
		n += c.RestartCount
	}
	return n
}

// pods are those that a selector finds.
func (w *team) pods(selector string) []pod {
	w.t.Helper()
	var list struct{ Items []pod }
	if err := json.Unmarshal([]byte(w.kubectl("get", "pods", "-l", selector, "-o", "json")), &list); err != nil {
		w.t.Fatal(err)
	}
	return list.Items
}

// readyPod waits for the one pod of a selector to be ready.
func (w *team) readyPod(selector string) *pod {
	w.t.Helper()
	var found *pod
	w.eventually("the pod of "+selector+" to be ready", func() bool {
		all := w.pods(selector)
		if len(all) == 1 && all[0].ready() {
			found = &all[0]
		}
		return found != nil
	})
	return found
}

// eventually polls until something holds.
func (w *team) eventually(what string, ok func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// stays looks for a while that something holds.
func (w *team) stays(while time.Duration, what string, ok func() bool) {
	w.t.Helper()
	for end := time.Now().Add(while); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if !ok() {
			w.t.Fatalf("it does not last that %s", what)
		}
	}
}

// server is a Perses API that runs in a pod.
type server struct {
	w   *team
	url string
}

func (w *team) server(p *pod) *server { return &server{w, "http://" + p.Status.PodIP + ":8080"} }

var client = &http.Client{Timeout: 5 * time.Second}

// get is status and body; 0 where nobody answers.
func (s *server) get(path string) (int, string) {
	resp, err := client.Get(s.url + path)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(body)
}

func (s *server) serves(path string) bool {
	code, _ := s.get(path)
	return code == http.StatusOK
}

// visible waits until an answer holds a text.
func (s *server) visible(path, text string) {
	s.w.t.Helper()
	s.w.eventually(path+" to show "+text, func() bool {
		code, body := s.get(path)
		return code == http.StatusOK && strings.Contains(body, text)
	})
}

func (s *server) gone(path string) {
	s.w.t.Helper()
	s.w.eventually(path+" to be gone", func() bool {
		code, _ := s.get(path)
		return code == http.StatusNotFound
	})
}

func (s *server) read(path string, into any) {
	s.w.t.Helper()
	code, body := s.get(path)
	if err := json.Unmarshal([]byte(body), into); err != nil || code != http.StatusOK {
		s.w.t.Fatalf("%s: %d, %v: %.300s", path, code, err, body)
	}
}

// count is how many dashboards a project has, -1 while nobody says.
func (s *server) count(project string) int {
	var list []json.RawMessage
	code, body := s.get("/api/v1/projects/" + project + "/dashboards")
	if code != http.StatusOK || json.Unmarshal([]byte(body), &list) != nil {
		return -1
	}
	return len(list)
}

// Documents of tests.

func project(name string) string {
	return fmt.Sprintf("kind: Project\nmetadata: {name: %s}\nspec: {}\n", name)
}

func dashboard(project, name, title string) string {
	return fmt.Sprintf("kind: Dashboard\nmetadata: {project: %s, name: %s}\nspec: {display: {name: %q}, panels: {}, layouts: [], duration: 1h}\n", project, name, title)
}

// labelled is a ConfigMap of one document, as authors make them.
func labelled(name, document string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, labels: {perses.dev/resource: \"true\"}}\ndata:\n  %s.yaml: |\n    %s\n---\n",
		name, name, strings.ReplaceAll(strings.TrimSpace(document), "\n", "\n    "))
}

func (w *team) ownerOf(path string) string {
	w.t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		w.t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	return fmt.Sprintf("%d:%d", owner.Uid, owner.Gid)
}
