package cluster_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestGuard takes most of a namespace's ConfigMaps away at once: the server keeps what it can no longer find, says so, and deletes it when an
// operator confirms exactly that (R13, R14).
func TestGuard(t *testing.T) {
	w := newTeam(t, restricted)
	s := w.install("")
	manifests, doomed := labelled("demo", project("demo")), []string{"delete", "configmap", "--wait=false"}
	for name := range boards("", "demo", 12, "") {
		if id, ok := strings.CutSuffix(name, ".yaml"); ok && id != "project" {
			manifests += labelled(id, dashboard("demo", id, "one"))
			if id < "d09" {
				doomed = append(doomed, id)
			}
		}
	}
	w.apply(manifests)
	w.eventually("all 12 to be served", func() bool { return s.count("demo") == 12 })
	w.kubectl(doomed...)
	s.becomes("configmaps", "held")
	left := s.count("demo")
	if left < 6 {
		t.Errorf("%d of 12 dashboards are left; at most half may go without asking", left)
	}
	w.stays(4*time.Second, "they are served", func() bool { return s.count("demo") == left })

	hold := s.source("configmaps").Hold
	if hold == nil || len(hold.Deletions) != left-3 {
		t.Fatalf("%+v; want one of %d deletions", hold, left-3)
	}
	if out, err := w.perseid("prune", "configmaps", "--confirm", hold.ID); err != nil {
		t.Fatalf("confirm: %v\n%s", err, out)
	}
	w.eventually("three to be left", func() bool { return s.count("demo") == 3 })
	s.becomes("configmaps", "ready")
	for i := range 3 {
		s.visible(fmt.Sprintf("/api/v1/projects/demo/dashboards/d%02d", 9+i), "one")
	}
}
