package chart_test

import (
	"encoding/json"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/validation/path"
	"k8s.io/apimachinery/pkg/util/validation"
	gatewayapi "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/perseid-dev/perseid/test/chart/helm"
)

// types of all objects that the chart makes, by apiVersion and kind.
func types() map[string]func() any {
	return map[string]func() any{
		"v1 ConfigMap": of[core.ConfigMap], "v1 Secret": of[core.Secret], "v1 Service": of[core.Service], "v1 ServiceAccount": of[core.ServiceAccount],
		"v1 PersistentVolumeClaim": of[core.PersistentVolumeClaim], "v1 Pod": of[core.Pod],
		"apps/v1 StatefulSet": of[apps.StatefulSet], "apps/v1 Deployment": of[apps.Deployment],
		"rbac.authorization.k8s.io/v1 Role": of[rbac.Role], "rbac.authorization.k8s.io/v1 RoleBinding": of[rbac.RoleBinding],
		"rbac.authorization.k8s.io/v1 ClusterRole": of[rbac.ClusterRole], "rbac.authorization.k8s.io/v1 ClusterRoleBinding": of[rbac.ClusterRoleBinding],
		"policy/v1 PodDisruptionBudget": of[policy.PodDisruptionBudget],
		"networking.k8s.io/v1 Ingress":  of[networking.Ingress], "networking.k8s.io/v1 NetworkPolicy": of[networking.NetworkPolicy],
		"gateway.networking.k8s.io/v1 Gateway": of[gatewayapi.Gateway], "gateway.networking.k8s.io/v1 HTTPRoute": of[gatewayapi.HTTPRoute],
		"monitoring.coreos.com/v1 ServiceMonitor": of[monitoring.ServiceMonitor], "monitoring.coreos.com/v1 PodMonitor": of[monitoring.PodMonitor],
		"monitoring.coreos.com/v1 PrometheusRule": of[monitoring.PrometheusRule],
	}
}

func of[T any]() any { return new(T) }

// TestObjectsAreWhatTheAPIKnows decodes everything that is rendered into the types of the API, and refuses fields and types it does not know.
func TestObjectsAreWhatTheAPIKnows(t *testing.T) {
	seen := map[string]bool{}
	known := types()
	everyObject(t, func(t *testing.T, o helm.Object) {
		sort := o.Text("apiVersion") + " " + o.Kind()
		seen[sort] = true
		fresh, ok := known[sort]
		if !ok {
			t.Fatalf("%s is no object that this test knows", sort)
		}
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.UnmarshalStrict(text, fresh()); err != nil {
			t.Errorf("%s/%s: %s\n%s", o.Kind(), o.Name(), err, text)
		}
	})
	for sort := range known {
		if !seen[sort] {
			t.Errorf("no values in testdata give a %s", sort)
		}
	}
}

// TestNamesAreNames: what is longer than Kubernetes takes, or a label that is none, is refused by the API server only.
func TestNamesAreNames(t *testing.T) {
	everyObject(t, func(t *testing.T, o helm.Object) {
		valid := validation.IsDNS1123Subdomain
		switch {
		case o.Kind() == "Service":
			valid = validation.IsDNS1035Label
		case strings.HasPrefix(o.Text("apiVersion"), "rbac."):
			valid = func(name string) []string { return path.ValidatePathSegmentName(name, false) }
		}
		for _, why := range valid(o.Name()) {
			t.Errorf("%s %q: %s", o.Kind(), o.Name(), why)
		}
		labels, _ := o.At("metadata", "labels").(map[string]any)
		for key, value := range labels {
			for _, why := range append(validation.IsQualifiedName(key), validation.IsValidLabelValue(value.(string))...) {
				t.Errorf("%s %s: label %s: %q: %s", o.Kind(), o.Name(), key, value, why)
			}
		}
	})
}

// everyObject calls check for each object of each values file, and of a release with the longest name that Helm takes.
func everyObject(t *testing.T, check func(*testing.T, helm.Object)) {
	t.Helper()
	longest := example{name: "longest", said: map[string]string{"release": "a2345678901234567890123456789012345678901234567890123"}, values: map[string]any{}}
	for _, e := range append(examples(t, "values"), longest) {
		t.Run(e.name, func(t *testing.T) {
			m, err := helm.Render(load(t, server), e.options())
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range m.Objects {
				check(t, o)
			}
		})
	}
}
