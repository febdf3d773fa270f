package chart_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/test/chart/helm"
)

// TestReleasesMoveInPlace: "helm upgrade" of a release of the Perses chart to this one, and back, changes no field that Kubernetes does not let
// change, and no name that clients know. What is expected is how the Perses chart names things.
func TestReleasesMoveInPlace(t *testing.T) {
	for _, c := range []struct{ release, values, full, name string }{
		{"perses", "", "perses", "perses"},
		{"my-perses", "", "my-perses", "perses"},
		{"dashboards", "", "dashboards-perses", "perses"},
		{"dashboards", "nameOverride: web", "dashboards-web", "web"},
		{"dashboards", "fullnameOverride: boards", "boards", "perses"},
	} {
		values := merged(parse(t, c.values), parse(t, "persistence: {enabled: true}\nprovisioningPersistence: {enabled: true}\nsidecar: {enabled: true}"))
		m, err := helm.Render(load(t, server), helm.Options{Release: c.release, Values: values})
		if err != nil {
			t.Fatal(err)
		}
		set := m.Find("StatefulSet", c.full)
		if set == nil {
			t.Fatalf("%s: no StatefulSet %s in %q", c.release, c.full, m.Names())
		}
		labels := map[string]any{"app.kubernetes.io/name": c.name, "app.kubernetes.io/instance": c.release}
		for _, same := range []struct {
			what      string
			want, got any
		}{
			{"selector", map[string]any{"matchLabels": labels}, set.At("spec", "selector")},
			{"labels of pods", labels, set.At("spec", "template", "metadata", "labels")},
			{"serviceName", c.full + "-headless", set.At("spec", "serviceName")},
			{"claim template", "provisioning", set.At("spec", "volumeClaimTemplates", 0, "metadata", "name")},
			{"size of the claim template", "1Gi", set.At("spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage")},
			{"Service", labels, m.Find("Service", c.full).At("spec", "selector")},
			{"port", "8080", m.Find("Service", c.full).Text("spec", "ports", 0, "port")},
			{"name of the port", "http", m.Find("Service", c.full).Text("spec", "ports", 0, "name")},
			{"size of the data", "8Gi", m.Find("PersistentVolumeClaim", c.full).At("spec", "resources", "requests", "storage")},
			{"ServiceAccount", c.full, m.Find("ServiceAccount", c.full).Name()},
			{"headless Service", "None", m.Find("Service", c.full+"-headless").Text("spec", "clusterIP")},
			{"group of the files", "2000", set.Text("spec", "template", "spec", "securityContext", "fsGroup")},
		} {
			if diff := cmp.Diff(same.want, same.got); diff != "" {
				t.Errorf("%s: %s (-Perses chart +this one)\n%s", c.release, same.what, diff)
			}
		}
	}
}

// TestPersesIsRunAsThePersesChartDoes: the container of "server: perses", as the chart of Perses describes it.
func TestPersesIsRunAsThePersesChartDoes(t *testing.T) {
	m := render(t, "{server: perses, sidecar: {enabled: true}}")
	pod := podOf(m)
	if diff := cmp.Diff([]any{
		"--config=/etc/perses/config/config.yaml", "--web.listen-address=:8080", "--web.hide-port=false", "--web.telemetry-path=/metrics", "--log.level=info", "--log.method-trace=true",
	}, pod.At("containers", 1, "args")); diff != "" {
		t.Errorf("arguments (-want +got)\n%s", diff)
	}
	mounts := map[string]string{}
	for _, mount := range pod.At("containers", 1, "volumeMounts").([]any) {
		mounts[helm.Object(mount.(map[string]any)).Text("mountPath")] = helm.Object(mount.(map[string]any)).Text("name")
	}
	if diff := cmp.Diff(map[string]string{"/etc/perses/config": "config", "/perses": "data", "/etc/perses/provisioning": "provisioning", "/etc/perses/plugins": "plugins"}, mounts); diff != "" {
		t.Errorf("mounts (-want +got)\n%s", diff)
	}
	var variables []string
	for _, e := range pod.At("containers", 0, "env").([]any) {
		variables = append(variables, fmt.Sprintf("%s=%v", e.(map[string]any)["name"], e.(map[string]any)["value"]))
	}
	if diff := cmp.Diff([]string{"LABEL=perses.dev/resource", "LABEL_VALUE=true", "FOLDER=/etc/perses/provisioning", "HEALTH_PORT=8081", "NAMESPACE=ALL"}, variables); diff != "" {
		t.Errorf("variables of the sidecar (-want +got)\n%s", diff)
	}
	for _, probe := range []string{"livenessProbe", "readinessProbe"} {
		if got := pod.Text("containers", 1, probe, "httpGet", "path"); got != "/api/v1/health" {
			t.Errorf("%s asks %s", probe, got)
		}
	}
}

// TestPodsAreReplacedForWhatChanged, and for nothing else.
func TestPodsAreReplacedForWhatChanged(t *testing.T) {
	const base = "ociArtifacts: {mode: live, image: {reference: a/b:v1}, verify: {keys: [OLD]}}\ndatasources: [{metadata: {name: a}}]\n"
	pod := func(values string) string {
		m := render(t, values)
		for _, o := range m.Objects {
			if o.Kind() == "StatefulSet" {
				return fmt.Sprint(o.At("spec", "template"))
			}
		}
		t.Fatal("there is no StatefulSet")
		return ""
	}
	for values, replaced := range map[string]bool{
		"config: {frontend: {information: Hello}}":                        true,
		"envVars: [{name: PERSES_SECURITY_READONLY, value: true}]":        true,
		"configMaps: {namespaces: [team-a]}":                              true,
		"configMaps: {tenancy: [{namespaces: [a]}]}":                      true,
		"config: {annotations: {a: b}}":                                   false,
		"additionalLabels: {a: b}":                                        false,
		"service: {port: 80}":                                             false,
		"serviceMonitor: {selfMonitor: true}":                             false,
		"dashboards: {enabled: true}":                                     false,
		"datasources: [{metadata: {name: b}}]":                            false,
		"{server: perses, ociArtifacts: null, configMaps: {by: sidecar}}": true,
	} {
		changed := merged(parse(t, base), parse(t, values))
		m, err := helm.Render(load(t, server), helm.Options{Values: changed})
		if err != nil {
			t.Fatalf("%s: %s", values, err)
		}
		var after string
		for _, o := range m.Objects {
			if o.Kind() == "StatefulSet" {
				after = fmt.Sprint(o.At("spec", "template"))
			}
		}
		if (after != pod(base)) != replaced {
			t.Errorf("%s: pods replaced: %v, expected %v", values, !replaced, replaced)
		}
	}
	if pod(base) != pod("ociArtifacts: {mode: live, image: {reference: a/b:v1}, verify: {keys: [NEW]}}\ndatasources: [{metadata: {name: a}}]\n") {
		t.Error("a new key replaces pods; the server reads keys at every poll")
	}
}
