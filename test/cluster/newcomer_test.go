package cluster_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/test/cluster/node"
)

// block is one of a page: of the shell, or a file of values.
var block = regexp.MustCompile("(?s)```(sh|yaml\n# values\\.yaml)\n(.*?)\n```")

// typed are the blocks of docs/kubernetes.md by words in them, and what a newcomer then sees. Where authors wait a moment, it is typed again.
var typed = []struct{ block, sees string }{
	{"helm install perses", "complete"},
	{"create namespace team-a", `"name":"Hello"`},
	{"describe configmap hello", `(?s)Warning +Invalid.*hello\.yaml:3.*"version":0.*"name":"Hello"`},
	{"delete configmap hello", "deleted"},
	{"perseid configmaps", "serverside-applied"},
	{"kubectl delete -n team-a", "deleted"},
	{"artifact push build/boards:v1.0.0", "@sha256:"},
	{"perseid status boards", `(?s)boards.*ready.*[1-9] (applied|unchanged)`},
	{"boards:v1.0.0 prod", `(?s)boards.*ready.*[1-9] (applied|unchanged)`},
	{"--tag prod", "served"},
	{"rollback boards", "is rolled back"},
	{"helm test perses", "Succeeded"},
}

// prologue makes the names of the page those of the test. What a shell waits for, a person would look for again.
const prologue = `set -euo pipefail
helm() {
	case $1 in
	install|upgrade) set -- "$@" -f ours.yaml; if grep -q '^ociArtifacts:' values.yaml; then set -- "$@" -f http.yaml; fi;;
	esac
	command helm "$@"
}
perseid() { if [ "$1" = artifact ] && [ "$2" != build ]; then set -- "$@" --plain-http; fi; command perseid "$@"; }
curl() { command curl -sf --retry 60 --retry-delay 1 --retry-all-errors "$@"; }
`

// operator are the types that the operator of Prometheus brings, as far as they are needed to have objects of them.
const operator = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: PLURAL.monitoring.coreos.com}
spec:
  group: monitoring.coreos.com
  scope: Namespaced
  names: {kind: KIND, plural: PLURAL, singular: SINGULAR}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
---
`

// standing makes disks those of claims that name no class, as clusters have one.
const standing = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: by-hand, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: kubernetes.io/no-provisioner
`

// TestNewcomer types docs/kubernetes.md from its first line to its last.
func TestNewcomer(t *testing.T) {
	w := &team{t: t, n: theNode(t), namespace: "monitoring", began: time.Now()}
	page, err := os.ReadFile("../../docs/kubernetes.md")
	w.must(err)
	dir := w.desk()
	left := typed
	for _, found := range block.FindAllStringSubmatch(string(page), -1) {
		text := strings.NewReplacer("registry.example.com", node.Registry, "oci://ghcr.io/perseid-dev/charts/perseid", filepath.Join(dir, "perseid")).Replace(found[2])
		if found[1] != "sh" {
			w.write(filepath.Join(dir, "values.yaml"), text)
			continue
		}
		if len(left) == 0 || !strings.Contains(found[2], left[0].block) {
			t.Fatalf("the page has a block that the test does not expect here:\n%s", found[2])
		}
		w.types(dir, text, left[0].sees)
		left = left[1:]
	}
	if len(left) > 0 {
		t.Errorf("the page has no block with %q", left[0].block)
	}
	t.Logf("the page was typed in %.0f s", time.Since(w.began).Seconds())
}

// desk is where the newcomer sits: a clone, programs, a directory of documents. A disk waits to be claimed.
func (w *team) desk() string {
	dir := w.t.TempDir()
	w.must(os.CopyFS(filepath.Join(dir, "perseid"), os.DirFS(chart)))
	w.must(os.CopyFS(filepath.Join(dir, "resources"), os.DirFS("../../examples/self-monitoring")))
	w.write(filepath.Join(dir, "ours.yaml"), w.fill(images))
	w.write(filepath.Join(dir, "http.yaml"), "ociArtifacts: {insecure: true}\n")
	w.write(filepath.Join(dir, "values.yaml"), "")
	w.disk(nil)
	w.apply(standing)
	for kind, plural := range map[string]string{"ServiceMonitor": "servicemonitors", "PrometheusRule": "prometheusrules"} {
		w.apply(strings.NewReplacer("KIND", kind, "PLURAL", plural, "SINGULAR", strings.ToLower(kind)).Replace(operator))
	}
	w.t.Cleanup(func() {
		if w.t.Failed() {
			w.tell()
		}
		w.helm("", "uninstall", "perses", "--wait", "--ignore-not-found")
		w.kubectl("delete", "namespace", "monitoring", "team-a", "--ignore-not-found", "--wait=false")
		w.kubectl("delete", "storageclass", "by-hand")
		w.kubectl("delete", "crd", "servicemonitors.monitoring.coreos.com", "prometheusrules.monitoring.coreos.com")
	})
	return dir
}

// types runs a block as one shell and looks for what is to be seen, again if need be: nobody types a second install, but looks a second time.
func (w *team) types(dir, text, sees string) {
	w.t.Helper()
	began := time.Now()
	out := w.shell(dir, text)
	lines := strings.Split(text, "\n")
	for want := regexp.MustCompile(sees); !want.MatchString(out); {
		if time.Since(began) > patience {
			w.t.Fatalf("$ %s\n%s\nwant %s", text, out, sees)
		}
		time.Sleep(time.Second)
		out = w.shell(dir, strings.Join(lines[max(0, len(lines)-2):], "\n"))
	}
	w.t.Logf("$ %s\n%s(%.1f s)", text, out, time.Since(began).Seconds())
}

func (w *team) shell(dir, text string) string {
	w.t.Helper()
	file, err := os.Create(filepath.Join(w.t.TempDir(), "output")) // a file, since what goes on in the background would keep a pipe open
	w.must(err)
	defer file.Close()
	programs := []string{filepath.Dir(node.Program(Kubectl)), filepath.Dir(node.Program(Helm)), node.Products(), os.Getenv("PATH")}
	ctx, cancel := context.WithTimeout(w.t.Context(), patience) // a rollout that never ends
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", prologue+text)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, file, file
	cmd.Env = append(os.Environ(), "KUBECONFIG="+w.n.Kubeconfig, "PATH="+strings.Join(programs, ":"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	err = cmd.Run()
	w.t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }) // what it left in the background, if anything
	out, _ := os.ReadFile(file.Name())
	if err != nil {
		w.t.Fatalf("$ %s\n%s%v", text, out, err)
	}
	return string(out)
}
