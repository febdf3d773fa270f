package cluster

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// Rule is what a Role allows in the core group.
type Rule struct {
	Resources []string `json:"resources"`
	Verbs     []string `json:"verbs"`
	Groups    []string `json:"apiGroups"`
}

// Reads is what the chart allows a program that follows ConfigMaps, and the other resources that are named.
func Reads(more ...string) []Rule {
	return []Rule{
		{Groups: []string{""}, Resources: append([]string{"configmaps"}, more...), Verbs: []string{"list", "watch"}},
		{Groups: []string{""}, Resources: []string{"events"}, Verbs: []string{"create"}},
	}
}

// Fetches is what the chart allows besides where objects are fetched by name.
func Fetches(more ...string) []Rule {
	return append(Reads(more...), Rule{Groups: []string{""}, Resources: append([]string{"configmaps"}, more...), Verbs: []string{"get"}})
}

// Account is a service account whose token lies in a file, as in a pod.
type Account struct {
	Namespace string
	Name      string
	TokenFile string
	cluster   *Cluster
}

// User is the name the server knows the account by.
func (a *Account) User() string { return "system:serviceaccount:" + a.Namespace + ":" + a.Name }

// Account makes a service account in a namespace of its own, which may do nothing yet.
func (c *Cluster) Account(t testing.TB) *Account {
	t.Helper()
	a := &Account{Namespace: c.Namespace(t), Name: "perseid", TokenFile: filepath.Join(t.TempDir(), "token"), cluster: c}
	a.create(t)
	return a
}

func (a *Account) path() string { return "/api/v1/namespaces/" + a.Namespace + "/serviceaccounts" }

func (a *Account) create(t testing.TB) {
	t.Helper()
	a.cluster.Do(t, http.MethodPost, a.path(), map[string]any{"metadata": map[string]any{"name": a.Name}})
	a.Renew(t)
}

// Revoke makes the account's tokens invalid: the account is made anew, and no token is written.
func (a *Account) Revoke(t testing.TB) {
	t.Helper()
	a.cluster.Do(t, http.MethodDelete, a.path()+"/"+a.Name, nil)
	a.cluster.Do(t, http.MethodPost, a.path(), map[string]any{"metadata": map[string]any{"name": a.Name}})
}

// Renew writes a new token into the file.
func (a *Account) Renew(t testing.TB) {
	t.Helper()
	request := map[string]any{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": map[string]any{"expirationSeconds": 3600}}
	var answer struct{ Status struct{ Token string } }
	if err := json.Unmarshal(a.cluster.Do(t, http.MethodPost, a.path()+"/"+a.Name+"/token", request), &answer); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.TokenFile, []byte(answer.Status.Token), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Allow lets the account do something in a namespace, or everywhere if it is empty.
func (a *Account) Allow(t testing.TB, namespace string, rules []Rule) {
	t.Helper()
	prefix, kind, name := "/apis/rbac.authorization.k8s.io/v1/", "ClusterRole", a.Namespace+"-"+a.Name
	if namespace != "" {
		prefix, kind = prefix+"namespaces/"+namespace+"/", "Role"
	}
	plural := map[string]string{"Role": "roles", "ClusterRole": "clusterroles"}[kind]
	bindings := map[string]string{"Role": "rolebindings", "ClusterRole": "clusterrolebindings"}[kind]
	meta := map[string]any{"name": name}
	a.cluster.Do(t, http.MethodPost, prefix+plural, map[string]any{"metadata": meta, "rules": rules})
	a.cluster.Do(t, http.MethodPost, prefix+bindings, map[string]any{
		"metadata": meta,
		"roleRef":  map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name},
		"subjects": []any{map[string]any{"kind": "ServiceAccount", "namespace": a.Namespace, "name": a.Name}},
	})
}

// Deny takes back what Allow gave in a namespace.
func (a *Account) Deny(t testing.TB, namespace string) {
	t.Helper()
	a.cluster.Do(t, http.MethodDelete, "/apis/rbac.authorization.k8s.io/v1/namespaces/"+namespace+"/rolebindings/"+a.Namespace+"-"+a.Name, nil)
}

// Kubeconfig is the path of a kubeconfig by which the account reaches a server, the cluster's own if it is empty.
func (a *Account) Kubeconfig(t testing.TB, server string) string {
	t.Helper()
	if server == "" {
		server = a.cluster.URL
	}
	path, err := a.cluster.Kubeconfig(server, a.TokenFile)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
