package cluster_test

import (
	"strings"
	"testing"
)

// asked are requests, and whether who follows the ConfigMaps of its namespace may make them.
var asked = []struct {
	verb, resource string
	namespace      bool // its own
	may            map[string]bool
}{
	{"get", "configmaps", true, map[string]bool{"sidecar": false, "server": false}},
	{"list", "configmaps", true, map[string]bool{"sidecar": true, "server": true}},
	{"watch", "configmaps", true, map[string]bool{"sidecar": true, "server": true}},
	{"create", "events", true, map[string]bool{"server": true}},
	{"list", "events", true, nil}, {"delete", "events", true, nil},
	{"create", "configmaps", true, nil}, {"update", "configmaps", true, nil}, {"patch", "configmaps", true, nil}, {"delete", "configmaps", true, nil},
	{"get", "secrets", true, nil}, {"list", "secrets", true, nil}, {"watch", "secrets", true, nil},
	{"list", "pods", true, nil}, {"create", "pods/exec", true, nil}, {"create", "serviceaccounts/token", true, nil},
	{"list", "configmaps", false, nil}, {"watch", "configmaps", false, nil}, {"create", "events", false, nil},
	{"list", "namespaces", false, nil}, {"list", "nodes", false, nil},
}

// TestPermissions asks the API server what the accounts of the chart may do, which is all that they need and nothing else, and tries some of it.
func TestPermissions(t *testing.T) {
	for _, by := range []string{"server", "sidecar"} {
		t.Run(by, func(t *testing.T) {
			w := newTeam(t, restricted)
			s := w.install("configMaps: {by: " + by + "}\n")
			account := strings.TrimSpace(w.kubectl("get", "pods", "-l", ours, "-o", "jsonpath={.items[0].spec.serviceAccountName}"))
			user := "system:serviceaccount:" + w.namespace + ":" + account
			for _, a := range asked {
				args := []string{"auth", "can-i", a.verb, a.resource, "--as=" + user, "-n", w.namespace}
				if !a.namespace {
					args[len(args)-1] = "default"
				}
				out, _ := w.run(Kubectl, "", args...)
				if may := strings.HasPrefix(out, "yes"); may != a.may[by] {
					t.Errorf("%s %s in its own namespace %v: %v, want %v (%s)", a.verb, a.resource, a.namespace, may, a.may[by], out)
				}
			}
			w.refused("--as="+user, "get", "secrets")
			w.refused("--as="+user, "create", "configmap", "mine", "--from-literal=a=b")
			w.refused("--as="+user, "delete", "configmap", "kube-root-ca.crt")
			w.refused("--as="+user, "get", "configmaps", "--all-namespaces")

			// With no more than that it works.
			w.apply(labelled("demo", project("demo")))
			s.visible("/api/v1/projects/demo", "demo")
			w.tokenless(map[string]string{"server": "", "sidecar": "perseid"}[by])
		})
	}
}

func (w *team) refused(args ...string) {
	w.t.Helper()
	if out, err := w.run(Kubectl, "", append([]string{"-n", w.namespace}, args...)...); err == nil || !strings.Contains(out, "orbidden") {
		w.t.Errorf("kubectl %s: %v %s; want it refused", strings.Join(args, " "), err, out)
	}
}

// tokenless wants a container to have no token: it does not ask the API server.
func (w *team) tokenless(container string) {
	w.t.Helper()
	if container == "" {
		return
	}
	mounts := w.kubectl("get", "pods", "-l", ours, "-o", `jsonpath={.items[0].spec.containers[?(@.name=="`+container+`")].volumeMounts[*].mountPath}`)
	if mounts == "" || strings.Contains(mounts, "serviceaccount") {
		w.t.Errorf("container %s mounts %q", container, mounts)
	}
}
