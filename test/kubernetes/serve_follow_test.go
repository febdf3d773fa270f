package kubernetes_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// A ConfigMap is served soon after it is applied, follows its changes, and takes its resource with it.
func TestServeFollows(t *testing.T) {
	w := newTeams(t)
	s := serve(t, w.account, nil, w.settings)
	w.apply(t, w.mine, "project", project(w.mine))
	o := w.apply(t, w.mine, "cpu", dashboard(w.mine, "cpu", "1h"))
	path := "/api/v1/projects/" + w.mine + "/dashboards/cpu"
	s.visible(t, path, `"1h"`)
	w.apply(t, w.mine, "cpu", dashboard(w.mine, "cpu", "2h"))
	s.visible(t, path, `"2h"`)
	if src := s.source(t); src.State != delivery.Ready || src.Documents != 2 {
		t.Errorf("%+v", src)
	}
	w.c.Delete(t, o)
	s.gone(t, path)

	suspended := w.apply(t, w.mine, "mem", dashboard(w.mine, "mem", "1h"))
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/mem", `"1h"`)
	w.apply(t, w.mine, "mem", dashboard(w.mine, "mem", "2h"), "suspend=true")
	s.becomes(t, w.mine+"/mem", delivery.HeldBack)
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/mem", `"1h"`)
	w.c.Apply(t, suspended)
	w.apply(t, w.mine, "mem", dashboard(w.mine, "mem", "2h"))
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/mem", `"2h"`)
}

// An API server that is away at the start, or goes away later, stops nothing and prunes nothing; status says since when.
func TestServeWithoutAPIServer(t *testing.T) {
	w := newTeams(t)
	p := w.c.Proxy(t)
	p.Cut()
	s := serve(t, w.account, p, w.settings)
	w.apply(t, w.mine, "project", project(w.mine))
	eventually(t, "the source to fail", func() bool { return s.source(t).State == delivery.Failing })
	if src := s.source(t); !strings.Contains(src.Reason, "in all namespaces cannot be followed since 20") || src.Since.IsZero() {
		t.Errorf("%+v", src)
	}
	p.Pass()
	s.visible(t, "/api/v1/projects/"+w.mine, w.mine)
	eventually(t, "the source to be ready", func() bool { return s.source(t).State == delivery.Ready })
}

// R3: a namespace that may no longer be read keeps what it gave, and the status names it; the other namespace goes on.
func TestServeForbiddenNamespace(t *testing.T) {
	w := newTeams(t)
	a := w.c.Account(t)
	a.Allow(t, w.mine, cluster.Reads())
	a.Allow(t, w.his, cluster.Reads())
	p := w.c.Proxy(t)
	s := serve(t, a, p, fmt.Sprintf("  sources: [{name: two, configmaps: {namespaces: [%s, %s], label: %s, kubeconfig: KUBECONFIG}}]\n", w.mine, w.his, w.label))
	o := w.apply(t, w.mine, "mine", project(w.mine))
	w.apply(t, w.his, "his", project(w.his))
	s.visible(t, "/api/v1/projects/"+w.his, w.his)
	s.visible(t, "/api/v1/projects/"+w.mine, w.mine)
	a.Deny(t, w.mine)
	p.Break() // a watch that is under way is not asked again
	eventually(t, "the source to be degraded", func() bool {
		src := s.source(t)
		return src.State == delivery.Degraded && slices.ContainsFunc(src.Problems, func(p problem.Problem) bool {
			return strings.Contains(p.Message, "configmaps in namespace "+w.mine+" cannot be followed since 20") && strings.Contains(p.Message, "403")
		})
	})
	w.c.Delete(t, o)
	w.apply(t, w.his, "more", dashboard(w.his, "cpu", "1h"))
	s.visible(t, "/api/v1/projects/"+w.his+"/dashboards/cpu", "cpu")
	s.visible(t, "/api/v1/projects/"+w.mine, w.mine)
}

// R13: one ConfigMap that goes is believed, whatever it held; ten of twelve are not.
func TestServeGuard(t *testing.T) {
	w := newTeams(t)
	s := serve(t, w.account, nil, w.settings)
	var many []string
	for i := range 12 {
		many = append(many, dashboard(w.mine, fmt.Sprintf("in-one-%d", i), "1h"))
	}
	w.apply(t, w.mine, "project", project(w.mine))
	one := w.apply(t, w.mine, "one", strings.Join(many, "---\n"))
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/in-one-11", "in-one-11")
	w.c.Delete(t, one)
	s.gone(t, "/api/v1/projects/"+w.mine+"/dashboards/in-one-11")

	w.apply(t, w.his, "project", project(w.his))
	var each []cluster.Object
	for i := range 12 {
		name := fmt.Sprintf("each-%d", i)
		each = append(each, w.apply(t, w.his, name, dashboard(w.his, name, "1h")))
	}
	s.visible(t, "/api/v1/projects/"+w.his+"/dashboards/each-11", "each-11")
	for _, o := range each[1:] {
		w.c.Delete(t, o)
	}
	eventually(t, "the deletions to be held", func() bool { return s.source(t).State == delivery.Held })
	s.visible(t, "/api/v1/projects/"+w.his+"/dashboards/each-11", "each-11")
}

// 500 ConfigMaps at once are one reconcile or a few, and all of them are served within two seconds of the last.
func TestServeBurst(t *testing.T) {
	const count = 500
	w := newTeams(t)
	s := serve(t, w.account, nil, w.settings)
	w.apply(t, w.mine, "project", project(w.mine))
	s.visible(t, "/api/v1/projects/"+w.mine, w.mine)
	before := s.log.count("msg=reconciled")
	var makers sync.WaitGroup
	start := time.Now()
	for m := range 8 {
		makers.Go(func() {
			for i := m; i < count; i += 8 {
				name := fmt.Sprintf("burst-%d", i)
				w.apply(t, w.mine, name, dashboard(w.mine, name, "1h"))
			}
		})
	}
	makers.Wait()
	applied := time.Now()
	eventually(t, "all to be served", func() bool {
		code, body := s.get(t, "/api/v1/projects/"+w.mine+"/dashboards?metadata_only=true")
		return code == http.StatusOK && strings.Count(body, `"burst-`) == count
	})
	took := time.Since(applied)
	rounds := s.log.count("msg=reconciled") - before
	t.Logf("%d ConfigMaps applied in %v were all served %v after the last, in %d reconciles", count, applied.Sub(start).Round(time.Millisecond), took.Round(time.Millisecond), rounds)
	if took > 2*time.Second {
		t.Errorf("all are served %v after the last was applied, want 2s at most", took)
	}
	if allowed := 2 + int(applied.Sub(start)/time.Second); rounds > allowed {
		t.Errorf("%d reconciles, want %d at most", rounds, allowed)
	}
}
