package reconcile

import (
	"cmp"
	"strings"

	"github.com/perseid-dev/perseid/internal/resource"
)

// scope is what deletions are counted in (R13): a source or, where project or namespace is not empty, the part of it there.
type scope struct{ source, project, namespace string }

func (s scope) kind() string {
	if s.project != "" {
		return "project"
	}
	return "namespace"
}

func (s scope) compare(other scope) int {
	return cmp.Or(strings.Compare(s.project, other.project), strings.Compare(s.namespace, other.namespace))
}

// holds says whether a resource of a source, from an object, is in the scope.
func (s scope) holds(source, project, object string) bool {
	namespace, _, _ := strings.Cut(object, "/")
	return source == s.source && (s.project == "" || project == s.project) && (s.namespace == "" || namespace == s.namespace)
}

// scopes groups deletions of a source by project and by namespace.
func (p *planner) scopes(source string, doomed []resource.ID) map[scope][]resource.ID {
	out := map[scope][]resource.ID{}
	for _, id := range doomed {
		for _, s := range []scope{{source, id.Project, ""}, {source, "", p.have[id].Mark.Namespace()}} {
			if s.project != "" || s.namespace != "" {
				out[s] = append(out[s], id)
			}
		}
	}
	return out
}

// tooMany says whether these deletions, with those of the window, are more than half of ten or more in a scope.
func (p *planner) tooMany(s scope, doomed []resource.ID) bool {
	owned, recent := 0, 0
	for id, have := range p.have {
		if have.Mark != nil && s.holds(have.Mark.Source, id.Project, have.Mark.Object) {
			owned++
		}
	}
	for _, d := range p.guard.Recent {
		if s.holds(d.Source, d.Project, d.Object) && p.guard.Now.Sub(d.At) < guardWindow {
			recent++
		}
	}
	total := owned + recent
	return total >= guardMinimum && 2*(len(doomed)+recent) > total
}

// oneObject says whether these deletions, with those of the window, are the removal of a single ConfigMap, which is believed whatever it held.
func (p *planner) oneObject(source string, doomed []resource.ID) bool {
	object := p.have[doomed[0]].Mark.Object
	for _, id := range doomed {
		if p.have[id].Mark.Object != object {
			return false
		}
	}
	for _, d := range p.guard.Recent {
		if d.Source == source && d.Object != object && p.guard.Now.Sub(d.At) < guardWindow {
			return false
		}
	}
	return object != ""
}
