package chart_test

import (
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/test/chart/helm"
)

// TestWhichServerRuns: values say it, by what they ask for or by name.
func TestWhichServerRuns(t *testing.T) {
	const ours, theirs = "ghcr.io/perseid-dev/perseid:0.1.0", "docker.io/persesdev/perses:v0.54.0"
	for _, c := range []struct{ values, want string }{
		{"", ours},
		{"server: perseid", ours},
		{"server: perses", theirs},
		{"image: {registry: mirror.example.com}", "mirror.example.com/perseid-dev/perseid:0.1.0"},
		{"image: {digest: 'sha256:00'}", ours + "@sha256:00"},
		{"image: {version: 0.2.0}", "ghcr.io/perseid-dev/perseid:0.2.0"},
		{"image: {version: v0.53.1}", "docker.io/persesdev/perses:v0.53.1"},
		{"image: {version: v0.53.1, registry: mirror.example.com}", "mirror.example.com/persesdev/perses:v0.53.1"},
		{"image: {name: persesdev/perses}", theirs},
		{"image: {name: mirror/perses, version: patched}", "docker.io/mirror/perses:patched"},
		{"image: {name: our/perseid, version: v1}", "ghcr.io/our/perseid:v1"},
		{"{server: perseid, image: {registry: docker.io, name: persesdev/perses, version: v0.53.1}}", ours},
		{"{server: perseid, image: {registry: mirror.example.com, name: persesdev/perses}}", "mirror.example.com/perseid-dev/perseid:0.1.0"},
		{"{server: perseid, image: {version: v0.2.0}}", "ghcr.io/perseid-dev/perseid:v0.2.0"},
		{"config: {security: {enable_auth: true}}", theirs},
		{"config: {database: {file: null, sql: {db_name: a}}}", theirs},
		{"config: {dashboard: {custom_lint_rules: [{name: a}]}}", theirs},
	} {
		if got := podOf(render(t, c.values)).Text("containers", 0, "image"); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.values, got, c.want)
		}
	}
}

// TestWholeCopyMovesByOneValue: the whole values file of the Perses chart, and "server: perseid".
func TestWholeCopyMovesByOneValue(t *testing.T) {
	for _, e := range examples(t, "values") {
		if e.name != "perses-every-value" {
			continue
		}
		m, err := helm.Render(load(t, server), helm.Options{Values: merged(e.values, parse(t, "server: perseid"))})
		if err != nil {
			t.Fatal(err)
		}
		if got := podOf(m).Text("containers", 0, "image"); got != "ghcr.io/perseid-dev/perseid:0.1.0" {
			t.Errorf("it runs %s", got)
		}
		for _, p := range perseidReads(t, m) {
			t.Errorf("%s: %s", p.Path, p.Message)
		}
		return
	}
	t.Fatal("testdata/values/perses-every-value.yaml is gone")
}

// TestWhoBringsConfigMaps, with the values of the Perses chart and with ours.
func TestWhoBringsConfigMaps(t *testing.T) {
	for _, c := range []struct{ values, sidecar, roles string }{
		{"", "", "Role/perses-role"},
		{"configMaps: {enabled: false}", "", ""},
		{"sidecar: {enabled: true}", "", "ClusterRole/monitoring:perses-clusterrole"},
		{"sidecar: {enabled: true, allNamespaces: false}", "", "Role/perses-role"},
		{"sidecar: {enabled: true, extraEnvVars: [{name: NAMESPACE, value: 'a, b'}]}", "", "Role/monitoring:perses-role Role/monitoring:perses-role"},
		{"sidecar: {enabled: true, extraEnvVars: [{name: NAMESPACE, value: ALL}]}", "", "ClusterRole/monitoring:perses-clusterrole"},
		{"{sidecar: {enabled: true}, configMaps: {namespaces: [a]}}", "", "Role/monitoring:perses-role"},
		{"sidecar: {enabled: true, extraEnvVars: [{name: SCRIPT, value: /a}]}", "ghcr.io/perseid-dev/perseid-sidecar:0.1.0", "ClusterRole/monitoring:perses-clusterrole"},
		{"{sidecar: {enabled: true}, configMaps: {by: sidecar}}", "ghcr.io/perseid-dev/perseid-sidecar:0.1.0", "ClusterRole/monitoring:perses-clusterrole"},
		{"server: perses", "", ""},
		{"{server: perses, sidecar: {enabled: true}}", "ghcr.io/perseid-dev/perseid-sidecar:0.1.0", "ClusterRole/monitoring:perses-clusterrole"},
		{"{server: perses, sidecar: {enabled: true, image: {tag: 2.5.0}}}", "docker.io/kiwigrid/k8s-sidecar:2.5.0", "ClusterRole/monitoring:perses-clusterrole"},
		{"{server: perses, configMaps: {by: sidecar}}", "ghcr.io/perseid-dev/perseid-sidecar:0.1.0", "Role/perses-role"},
	} {
		m := render(t, c.values)
		var image, roles string
		for _, container := range containers(podOf(m)) {
			if name := helm.Object(container).Text("name"); name == "perseid-provisioning-sidecar" || name == "perses-provisioning-sidecar" {
				image = helm.Object(container).Text("image")
			}
		}
		for _, name := range m.Names() {
			if strings.HasPrefix(name, "Role/") || strings.HasPrefix(name, "ClusterRole/") {
				roles = strings.TrimSpace(roles + " " + name)
			}
		}
		if image != c.sidecar || roles != c.roles {
			t.Errorf("%s\ngot  %q, %q\nwant %q, %q", c.values, image, roles, c.sidecar, c.roles)
		}
	}
}
