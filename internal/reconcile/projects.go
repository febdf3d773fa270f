package reconcile

import "github.com/perseid-dev/perseid/internal/resource"

// pruneProjects decides on projects last: one goes only with the last thing it holds (R17). A project that holds anything which
// stays is released and kept; one whose contents are on their way out, or leave by another source's batch, waits for them.
func (p *planner) pruneProjects(gone map[string][]resource.ID) {
	stays, leaving := p.contents()
	for name := range gone {
		for i, c := range p.bySource[name] {
			if c.ID.Kind != projectKind || (c.Action != Delete && c.Action != Await) {
				continue
			}
			switch project := c.ID.Name; {
			case stays[project]:
				c.Action, c.Reason = Retain, "it still holds resources"
				delete(p.out.Pending, c.ID)
			case c.Action == Delete && leaving[project] != "" && leaving[project] != name:
				c.Action, c.Reason = Await, "what it holds to be gone"
			}
			p.bySource[name][i] = c
		}
	}
}

// contents says of each project whether anything in it stays, and otherwise who removes what it holds: the name of a source, or
// "*" where that takes more than this plan or more than one source.
func (p *planner) contents() (stays map[string]bool, leaving map[string]string) {
	stays, leaving = map[string]bool{}, map[string]string{}
	removed := map[resource.ID]Change{}
	for _, changes := range p.bySource {
		for _, c := range changes {
			if c.Action == Delete || c.Action == Await {
				removed[c.ID] = c
			}
		}
	}
	for id := range p.set.Winners {
		stays[id.Project] = true
	}
	for id := range p.have {
		c, ok := removed[id]
		switch before := leaving[id.Project]; {
		case id.Project == "":
		case !ok:
			stays[id.Project] = true
		case c.Action == Await, before != "" && before != c.Source:
			leaving[id.Project] = "*"
		default:
			leaving[id.Project] = c.Source
		}
	}
	return stays, leaving
}
