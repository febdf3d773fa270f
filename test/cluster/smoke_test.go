package cluster_test

import "testing"

// TestImages runs both images as a pod of the restricted standard, with nothing but themselves: no volume, no arguments.
func TestImages(t *testing.T) {
	w := newTeam(t, restricted)
	w.apply(`
apiVersion: v1
kind: Pod
metadata: {name: bare, labels: {perseid-test: bare}}
spec:
  automountServiceAccountToken: false
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: perseid
    image: REGISTRY/perseid:test
    securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
    readinessProbe: {httpGet: {path: /api/v1/health, port: 8080}, periodSeconds: 1}
`)
	p := w.readyPod("perseid-test=bare")
	s := w.server(p)
	s.visible("/api/delivery/v1/sources", "dir:/etc/perses/provisioning")
	if out := w.kubectl("exec", "bare", "--", "perseid", "status"); out == "" {
		t.Error("perseid status says nothing")
	}
	if p := w.readyPod("perseid-test=bare"); p.restarts() > 0 {
		t.Errorf("%d restarts", p.restarts())
	}
}
