package cluster_test

import (
	"strings"
	"testing"
	"time"
)

// TestNamespaces gives the chart two namespaces and a rule: teams write their own projects, are told when they reach for another, and what
// lies elsewhere is never read.
func TestNamespaces(t *testing.T) {
	w, a, b, c := newTeam(t, restricted), newTeam(t, restricted), newTeam(t, restricted), newTeam(t, restricted)
	s := w.install("configMaps: {namespaces: [" + a.namespace + ", " + b.namespace + "], tenancy: [{namespaces: [\"*\"], projects: [\"{namespace}\"]}]}\n")
	for _, team := range []*team{a, b, c} {
		team.apply(labelled("project", project(team.namespace)) + labelled("cpu", dashboard(team.namespace, "cpu", "mine")))
	}
	for _, team := range []*team{a, b} {
		s.visible("/api/v1/projects/"+team.namespace+"/dashboards/cpu", "mine")
	}
	b.apply(labelled("reach", dashboard(a.namespace, "reach", "not mine")))
	b.eventually("an Event about what another team owns", func() bool {
		out := b.kubectl("get", "events", "--field-selector", "involvedObject.name=reach", "-o", "jsonpath={.items[*].message}")
		return strings.Contains(out, a.namespace)
	})
	w.stays(2*time.Second, "nothing else is served", func() bool {
		return !s.serves("/api/v1/projects/"+a.namespace+"/dashboards/reach") && !s.serves("/api/v1/projects/"+c.namespace)
	})
	user := "--as=system:serviceaccount:" + w.namespace + ":boards-perses"
	c.refused(user, "get", "configmaps")
	w.refused(user, "get", "configmaps")
	if out := a.kubectl(user, "get", "configmaps"); !strings.Contains(out, "cpu") {
		t.Errorf("the account cannot list what it is to serve: %s", out)
	}
}
