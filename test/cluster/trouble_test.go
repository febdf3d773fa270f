package cluster_test

import (
	"context"
	"testing"
	"time"
)

// TestTrouble pulls the plug of the node, kills the kubelet and containerd below running pods, and takes the API server away for a minute:
// whoever can be asked serves all dashboards.
func TestTrouble(t *testing.T) {
	w := newTeam(t, restricted)
	w.claim()
	w.artifact("boards", "v1", boards("", "mounted", 4, "one"))
	s := w.install(kept + `ociArtifacts: {name: boards, image: {reference: "REGISTRY/NAMESPACE/boards:v1"}}` + "\n")
	w.apply(labelled("demo", project("demo")) + labelled("cpu", dashboard("demo", "cpu", "first")))
	s.visible("/api/v1/projects/demo/dashboards/cpu", "first")
	s.becomes("boards", "ready")
	served := func() bool {
		return s.serves("/api/v1/projects/demo/dashboards/cpu") && s.serves("/api/v1/projects/mounted/dashboards/d03")
	}

	w.n.KillKubelet()
	w.stays(5*time.Second, "dashboards are served without kubelet and containerd", served)
	w.must(w.n.StartNode(context.Background()))
	w.stays(3*time.Second, "dashboards are served with them back", served)

	w.n.KillServer()
	w.stays(time.Minute, "dashboards are served without an API server", served)
	w.must(w.n.StartServer())
	began := time.Now()
	w.apply(labelled("cpu", dashboard("demo", "cpu", "second")))
	s.visible("/api/v1/projects/demo/dashboards/cpu", "second")
	if took := time.Since(began).Seconds(); took > 20 { // a pause of 10 s at the most, and what a loaded machine adds
		t.Errorf("after an API server was away for a minute, a change is served in %.1f s", took)
	} else {
		t.Logf("after an API server was away for a minute, a change is served in %.1f s", took)
	}
	before := w.readyPod(ours)
	if before.restarts() > 0 {
		t.Errorf("%d restarts", before.restarts())
	}

	w.must(w.n.KillNode())
	w.n.Images.Away(true) // what was pulled is on the disk
	t.Cleanup(func() { w.n.Images.Away(false) })
	began = time.Now()
	w.must(w.n.StartNode(context.Background()))
	w.eventually("the pod to run again", func() bool {
		all := w.pods(ours)
		if len(all) != 1 || all[0].Metadata.UID != before.Metadata.UID || !all[0].ready() || all[0].restarts() == 0 {
			return false
		}
		s = w.server(&all[0])
		return served()
	})
	t.Logf("after a reboot, without a registry, all is served in %.1f s", time.Since(began).Seconds())
	s.visible("/api/v1/projects/demo/dashboards/cpu", "second")
	s.becomes("boards", "ready")
}

func (w *team) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}
