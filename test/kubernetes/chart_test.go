package kubernetes_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

const goldens = "../chart/testdata/golden/"

// kinds that the API server knows without definitions of others, with the paths of their collections.
var kinds = map[string]string{
	"ConfigMap": "/api/v1/namespaces/%/configmaps", "Secret": "/api/v1/namespaces/%/secrets", "Service": "/api/v1/namespaces/%/services",
	"ServiceAccount": "/api/v1/namespaces/%/serviceaccounts", "PersistentVolumeClaim": "/api/v1/namespaces/%/persistentvolumeclaims", "Pod": "/api/v1/namespaces/%/pods",
	"StatefulSet": "/apis/apps/v1/namespaces/%/statefulsets", "Deployment": "/apis/apps/v1/namespaces/%/deployments",
	"Role": "/apis/rbac.authorization.k8s.io/v1/namespaces/%/roles", "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/%/rolebindings",
	"ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles", "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
	"Ingress": "/apis/networking.k8s.io/v1/namespaces/%/ingresses", "NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/%/networkpolicies",
	"PodDisruptionBudget": "/apis/policy/v1/namespaces/%/poddisruptionbudgets",
}

// rendered is an object of a golden, and the path of its collection; empty for kinds that are not part of Kubernetes.
type rendered struct {
	object         map[string]any
	path, sort, id string
}

// golden reads what the chart renders, with every namespace put in the place of its own.
func golden(t testing.TB, name string, namespaces map[string]string) (all []rendered) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range strings.Split("\n"+string(text), "\n---") {
		r := rendered{object: map[string]any{}}
		if err := yaml.Unmarshal([]byte(document), &r.object); err != nil {
			t.Fatal(err)
		}
		if len(r.object) == 0 {
			continue
		}
		metadata := r.object["metadata"].(map[string]any)
		r.sort, _ = r.object["kind"].(string)
		r.id, _ = metadata["name"].(string)
		namespace, _ := metadata["namespace"].(string)
		if namespace != "" {
			metadata["namespace"] = namespaces[namespace]
		}
		r.path = strings.Replace(kinds[r.sort], "%", namespaces[namespace], 1)
		all = append(all, r)
	}
	return all
}

// fresh makes a namespace for each that a golden names.
func fresh(t testing.TB, c *cluster.Cluster) map[string]string {
	own := c.Namespace(t)
	return map[string]string{"": own, "monitoring": own, "perses": c.Namespace(t), "team-a": c.Namespace(t), "team-b": c.Namespace(t)}
}

// TestChartIsTaken asks the API server whether it would take everything that the chart renders, with strict validation.
func TestChartIsTaken(t *testing.T) {
	c := server(t)
	files, err := filepath.Glob(goldens + "*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("%s holds %d goldens: %v", goldens, len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			for _, r := range golden(t, file, fresh(t, c)) {
				if r.path == "" {
					continue
				}
				c.Do(t, http.MethodPost, r.path+"?dryRun=All&fieldValidation=Strict", r.object)
			}
		})
	}
}

// TestReleaseMovesInPlace: the StatefulSet that the chart of Perses makes can be replaced by ours, and ours by it.
func TestReleaseMovesInPlace(t *testing.T) {
	c := server(t)
	for name, claims := range map[string]string{
		"perses-sidecar":      "",
		"perses-provisioning": "  volumeClaimTemplates: [{metadata: {name: provisioning}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]\n",
	} {
		t.Run(name, func(t *testing.T) {
			theirs := map[string]any{}
			if err := yaml.Unmarshal([]byte(ofThePersesChart+claims), &theirs); err != nil {
				t.Fatal(err)
			}
			for _, ours := range golden(t, goldens+name+".yaml", fresh(t, c)) {
				if ours.sort == "StatefulSet" {
					c.Do(t, http.MethodPost, ours.path, theirs)
					c.Do(t, http.MethodPut, ours.path+"/perses?fieldValidation=Strict", ours.object)
					c.Do(t, http.MethodPut, ours.path+"/perses", theirs)
					return
				}
			}
			t.Fatal("the golden holds no StatefulSet")
		})
	}
}

// ofThePersesChart is a StatefulSet as the contract of that chart describes it.
const ofThePersesChart = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: perses, labels: {app.kubernetes.io/name: perses, app.kubernetes.io/instance: perses}}
spec:
  replicas: 1
  serviceName: perses-headless
  selector: {matchLabels: {app.kubernetes.io/name: perses, app.kubernetes.io/instance: perses}}
  template:
    metadata: {labels: {app.kubernetes.io/name: perses, app.kubernetes.io/instance: perses}, annotations: {checksum/config: "0"}}
    spec:
      serviceAccountName: perses
      securityContext: {fsGroup: 2000}
      containers:
      - name: perses-provisioning-sidecar
        image: docker.io/kiwigrid/k8s-sidecar:2.10.1
        volumeMounts: [{name: provisioning, mountPath: /etc/perses/provisioning}]
      - name: perses
        image: docker.io/persesdev/perses:v0.54.0
        args: [--config=/etc/perses/config/config.yaml, --web.listen-address=:8080]
        ports: [{name: http, containerPort: 8080}]
        volumeMounts:
        - {name: config, mountPath: /etc/perses/config}
        - {name: data, mountPath: /perses}
        - {name: provisioning, mountPath: /etc/perses/provisioning}
        - {name: plugins, mountPath: /etc/perses/plugins}
      volumes: [{name: data, emptyDir: {}}, {name: config, configMap: {name: perses}}, {name: provisioning, emptyDir: {}}, {name: plugins, emptyDir: {}}]
`

// TestChartAllowsWhatIsTested: the rules that the tests of this package follow ConfigMaps with are those of the chart, and no more.
func TestChartAllowsWhatIsTested(t *testing.T) {
	seen := 0
	for name, want := range map[string][]cluster.Rule{
		"defaults":  cluster.Reads(),
		"artifacts": cluster.Reads("secrets"),
	} {
		for _, r := range golden(t, goldens+name+".yaml", map[string]string{}) {
			if r.sort != "Role" {
				continue
			}
			seen++
			text, err := json.Marshal(r.object["rules"])
			if err != nil {
				t.Fatal(err)
			}
			var got []cluster.Rule
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			for _, rules := range [][]cluster.Rule{got, want} {
				for i := range rules {
					slices.Sort(rules[i].Verbs)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s (-tested +chart)\n%s", name, r.id, diff)
			}
		}
	}
	if seen != 3 {
		t.Errorf("the goldens hold %d Roles, expected 3", seen)
	}
}
