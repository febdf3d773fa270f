package cluster_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/seal"
)

// upstream is what the chart of Perses renders, in our own writing: order, names, arguments, mounts and environment of its StatefulSet with a
// persistent volume and the sidecar, whose container bears no security context, and its cluster-wide permissions. The two images are ours.
const upstream = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: perses}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: NAMESPACE-perses-clusterrole}
rules:
- {apiGroups: [""], resources: [configmaps], verbs: [get, watch, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: NAMESPACE-perses-clusterrolebinding}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: NAMESPACE-perses-clusterrole}
subjects: [{kind: ServiceAccount, name: perses, namespace: NAMESPACE}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: perses}
data:
  config.yaml: |-
    api_prefix: ""
    database:
      file:
        extension: json
        folder: /perses
    frontend:
      explorer:
        enable: true
      important_dashboards: []
      information: ""
    provisioning:
      folders:
      - /etc/perses/provisioning
      interval: 10m
    security:
      cookie:
        same_site: lax
        secure: false
      enable_auth: false
      readonly: false
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: perses}
spec: {storageClassName: by-hand, accessModes: [ReadWriteOnce], resources: {requests: {storage: 8Gi}}, volumeName: NAMESPACE-perses}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: perses, labels: {app.kubernetes.io/name: perses}}
spec:
  replicas: 1
  serviceName: perses-headless
  selector: {matchLabels: {app.kubernetes.io/name: perses, app.kubernetes.io/instance: perses}}
  template:
    metadata:
      labels: {app.kubernetes.io/name: perses, app.kubernetes.io/instance: perses, perseid-test: upstream}
      annotations: {checksum/config: "0"}
    spec:
      serviceAccountName: perses
      securityContext: {fsGroup: 2000}
      containers:
      - name: perses-provisioning-sidecar
        image: REGISTRY/perseid-sidecar:test
        env:
        - {name: LABEL, value: perses.dev/resource}
        - {name: LABEL_VALUE, value: "true"}
        - {name: FOLDER, value: /etc/perses/provisioning}
        - {name: HEALTH_PORT, value: "8081"}
        - {name: NAMESPACE, value: ALL}
        volumeMounts:
        - {name: provisioning, mountPath: /etc/perses/provisioning}
      - name: perses
        image: REGISTRY/perseid:test
        imagePullPolicy: IfNotPresent
        args:
        - --config=/etc/perses/config/config.yaml
        - --web.listen-address=:8080
        - --web.hide-port=false
        - --web.telemetry-path=/metrics
        - --log.level=info
        - --log.method-trace=true
        ports: [{name: http, containerPort: 8080, protocol: TCP}]
        securityContext:
          allowPrivilegeEscalation: false
          capabilities: {drop: [ALL]}
          readOnlyRootFilesystem: true
          runAsNonRoot: true
          seccompProfile: {type: RuntimeDefault}
        livenessProbe: {httpGet: {path: /api/v1/health, port: http}, initialDelaySeconds: 10, periodSeconds: 60, timeoutSeconds: 5, successThreshold: 1, failureThreshold: 5}
        readinessProbe: {httpGet: {path: /api/v1/health, port: http}, initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 5, successThreshold: 1, failureThreshold: 5}
        volumeMounts:
        - {name: config, mountPath: /etc/perses/config}
        - {name: data, mountPath: /perses}
        - {name: provisioning, mountPath: /etc/perses/provisioning}
        - {name: plugins, mountPath: /etc/perses/plugins}
      volumes:
      - {name: config, configMap: {name: perses}}
      - {name: data, persistentVolumeClaim: {claimName: perses}}
      - {name: provisioning, emptyDir: {}}
      - {name: plugins, emptyDir: {}}
`

// volume is a disk of the node's, as a provisioner would make one.
const volume = `
apiVersion: v1
kind: PersistentVolume
metadata: {name: NAMESPACE-perses}
spec:
  storageClassName: by-hand
  accessModes: [ReadWriteOnce]
  capacity: {storage: 8Gi}
  persistentVolumeReclaimPolicy: Retain
  local: {path: /var/lib/volumes/NAMESPACE}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node1]}]}]}}
`

// written are documents as Perses leaves them on disk: compact, without a newline at the end, a Secret encrypted with the key
// that Perses has by default, and a Folder of before 0.54, whose spec is an array.
var written = map[string]string{
	"projects/old.json":           `{"kind":"Project","metadata":{"name":"old","createdAt":"2024-05-01T10:00:00Z","updatedAt":"2024-05-01T10:00:00Z","version":0},"spec":{"display":{"name":"Old"}}}`,
	"dashboards/old/cpu.json":     `{"kind":"Dashboard","metadata":{"name":"cpu","createdAt":"2024-05-01T10:00:00Z","updatedAt":"2024-05-02T10:00:00Z","version":7,"project":"old"},"spec":{"display":{"name":"CPU"},"panels":{},"layouts":[],"duration":"1h"}}`,
	"folders/old/tree.json":       `{"kind":"Folder","metadata":{"name":"tree","createdAt":"2024-05-01T10:00:00Z","updatedAt":"2024-05-01T10:00:00Z","version":0,"project":"old"},"spec":[{"kind":"Folder","name":"machines","spec":[{"kind":"Dashboard","name":"cpu"}]}]}`,
	"secrets/old/token.json":      `{"kind":"Secret","metadata":{"name":"token","createdAt":"2024-05-01T10:00:00Z","updatedAt":"2024-05-01T10:00:00Z","version":0,"project":"old"},"spec":{"authorization":{"type":"Bearer","credentials":"SECRET"}}}`,
	"globalvariables/region.json": `{"kind":"GlobalVariable","metadata":{"name":"region","createdAt":"2024-05-01T10:00:00Z","updatedAt":"2024-05-01T10:00:00Z","version":3},"spec":{"kind":"TextVariable","spec":{"name":"region","value":"eu","constant":false}}}`,
}

// persesWrote is those documents, with a secret in them that is encrypted.
func persesWrote(t *testing.T) map[string]string {
	t.Helper()
	key, err := seal.NewKey([]byte(seal.BuiltInKey))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := key.EncryptField("a token")
	if err != nil {
		t.Fatal(err)
	}
	files := maps.Clone(written)
	files["secrets/old/token.json"] = strings.ReplaceAll(files["secrets/old/token.json"], "SECRET", secret)
	return files
}

// disk makes the volume, with a database that Perses wrote: its user's, files 0600, directories 0750.
func (w *team) disk(files map[string]string) string {
	w.t.Helper()
	root := filepath.Join("/var/lib/volumes", w.namespace)
	if err := os.MkdirAll(root, 0o755); err != nil {
		w.t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	err := filepath.Walk(root, func(path string, _ os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, 65532, 65532)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { w.kubectl("delete", "pv", w.namespace+"-perses", "--wait=false") })
	w.apply(volume)
	return root
}

// TestUpstream replaces the images in the workload of the chart of Perses, on a volume with a database of Perses': it runs, keeps every byte,
// and follows ConfigMaps.
func TestUpstream(t *testing.T) {
	w := newTeam(t, privileged) // the chart's sidecar has no security context, so it is in no stricter standard
	files := persesWrote(t)
	root := w.disk(files)
	t.Cleanup(func() {
		w.kubectl("delete", "clusterrole,clusterrolebinding", w.namespace+"-perses-clusterrole", w.namespace+"-perses-clusterrolebinding", "--ignore-not-found")
	})
	w.apply(upstream)
	p := w.readyPod("perseid-test=upstream")
	s := w.server(p)
	s.visible("/api/v1/projects/old/dashboards/cpu", `"version":7`)
	s.visible("/api/v1/projects/old/folders/tree", `"machines"`)
	s.visible("/api/v1/projects/old/secrets/token", "Bearer")
	s.visible("/api/v1/globalvariables/region", `"eu"`)
	s.visible("/metrics", "perses_build_info")

	began := time.Now()
	w.apply(labelled("new-project", project("new")) + labelled("new-cpu", dashboard("new", "cpu", "first")))
	s.visible("/api/v1/projects/new/dashboards/cpu", "first")
	t.Logf("from before kubectl apply to the API, by way of the sidecar: %.2f s", time.Since(began).Seconds())
	w.apply(labelled("new-cpu", dashboard("new", "cpu", "second")))
	s.visible("/api/v1/projects/new/dashboards/cpu", "second")
	w.kubectl("delete", "configmap", "new-cpu")
	s.gone("/api/v1/projects/new/dashboards/cpu")

	w.untouched(root, files)
	w.kubectl("delete", "pod", "perses-0")
	w.eventually("another pod", func() bool {
		all := w.pods("perseid-test=upstream")
		return len(all) == 1 && all[0].Metadata.UID != p.Metadata.UID && all[0].ready()
	})
	s = w.server(w.readyPod("perseid-test=upstream"))
	s.visible("/api/v1/projects/new", `"new"`)
	w.untouched(root, files)
	if again := w.readyPod("perseid-test=upstream"); again.restarts() > 0 {
		t.Errorf("%d restarts", again.restarts())
	}
}

// untouched wants the documents of Perses byte for byte, and still its user's.
func (w *team) untouched(root string, files map[string]string) {
	w.t.Helper()
	for name, text := range files {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || string(data) != text {
			w.t.Errorf("%s: %v: %s", name, err, data)
		}
		if out := w.ownerOf(filepath.Join(root, name)); !strings.HasPrefix(out, "65532:") {
			w.t.Errorf("%s belongs to %s", name, out)
		}
	}
}
