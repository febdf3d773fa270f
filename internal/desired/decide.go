package desired

import (
	"fmt"
	"slices"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/validate"
)

type (
	sourceFile = source.File
	unread     = source.Unread
)

// decide accepts winners in order of rank. Only two default datasources exclude each other: the established one stays.
func (b *build) decide() {
	b.rest = newRest(b)
	turns := make([]turn, 0, len(b.ids))
	for _, id := range b.ids {
		list := b.candidates[id]
		if len(list) > 1 {
			seniority(list)
			slices.SortStableFunc(list, byPrecedence)
		}
		turns = append(turns, b.turn(id, list))
	}
	slices.SortFunc(turns, turn.compare)
	for i := range turns {
		b.elect(turns[i].id, turns[i].list)
	}
}

// turn is when an identity is decided, and about whom: by rank of kind, then established before new, then precedence of the source, then identity.
type turn struct {
	rank, newcomer, source int
	id                     resource.ID
	list                   []*Candidate
}

func (b *build) turn(id resource.ID, list []*Candidate) turn {
	t := turn{rank: rankOfKind(id), newcomer: 1 - b.established(id), id: id, list: list}
	if len(list) > 0 {
		t.source = list[0].rank.order
	}
	return t
}

func (t turn) compare(other turn) int {
	switch {
	case t.rank != other.rank:
		return t.rank - other.rank
	case t.newcomer != other.newcomer:
		return t.newcomer - other.newcomer
	case t.source != other.source:
		return t.source - other.source
	}
	return t.id.Compare(other.id)
}

func rankOfKind(id resource.ID) int {
	k, err := resource.KindByName(id.Kind)
	if err != nil {
		return 0
	}
	return k.Rank
}

// established is what is the default datasource now, whatever its source makes of it.
func (b *build) established(id resource.ID) int {
	if b.in.Have[id].Facts.DefaultOf != "" {
		return 1
	}
	return 0
}

// elect serves the first acceptable candidate of an identity, and says of the others why not them.
func (b *build) elect(id resource.ID, list []*Candidate) {
	var winner *Candidate
	owner := b.landlord(id, list)
	for _, c := range list {
		switch {
		case owner != "" && c.Object != "" && c.namespace() != owner:
			b.evict(c, owner, list)
			continue
		case winner != nil:
			b.shadow(c, winner)
		case b.acceptable(c):
			winner = c
		case !c.LastGood:
			winner = b.fallBack(c, list)
		}
		if winner != nil && owner == "" {
			owner = winner.namespace()
		}
	}
	if winner != nil {
		b.set.Winners[id] = winner
		b.rest.accept(winner)
	} else if have, ok := b.in.Have[id]; ok {
		b.rest.add(id, have.Facts) // it is declared, so it stays as it is
	}
}

// acceptable checks a candidate against what is accepted so far. A last good version was accepted when it was applied.
func (b *build) acceptable(c *Candidate) bool {
	if c.LastGood {
		return true
	}
	if refusal := b.refuseAdoption(c); refusal != nil {
		b.decline(c, delivery.Refused, problem.List{*refusal})
		return false
	}
	problems := validate.Against(c.ID, c.Facts, b.rest)
	if b.in.CreateProjects {
		problems = b.createProject(c, problems)
	}
	if problems.Invalid() {
		b.decline(c, delivery.Invalid, problems)
		return false
	}
	return true
}

// decline records why a candidate is not served.
func (b *build) decline(c *Candidate, outcome delivery.Outcome, problems problem.List) {
	row := b.set.Row(c)
	row.Outcome = outcome
	row.Problems = append(row.Problems, withOrigin(told(problems, c.Secret), c.Origin)...)
	row.Awaits = "a change of what it refers to, or a corrected document"
	b.set.Invalid[c.Source]++
}

// fallBack keeps what the source serves under the identity, if it does, in the place of a declined candidate (R18).
func (b *build) fallBack(c *Candidate, list []*Candidate) *Candidate {
	before := len(b.candidates[c.ID])
	b.addLastGood(c.ID, party{c.Source, c.namespace()}, c.rank)
	added := b.candidates[c.ID][before:]
	b.candidates[c.ID] = list
	if len(added) == 0 {
		return nil
	}
	return added[0]
}

// shadow records that a candidate lost its identity to another one (R8).
func (b *build) shadow(c, winner *Candidate) {
	row := b.set.Row(c)
	if row == nil {
		return
	}
	row.Outcome = delivery.Shadowed
	where := winner.Origin
	row.Winner = winner.Source + " (" + where + ")"
	if c.Source == winner.Source && c.Origin == winner.Origin {
		where = fmt.Sprintf("document %d of %s", winner.Index+1, where)
	}
	row.Awaits = "the removal of " + where
	if c.Source == winner.Source {
		row.Problems = append(row.Problems, problem.Problem{
			Code: problem.CodeDuplicate, Severity: problem.Warning, Origin: c.Origin, Path: "metadata.name",
			Message: fmt.Sprintf("%s is declared twice in %s: here and in %s, which wins", c.ID, c.Source, where),
			Hint:    "remove or rename one of them",
		})
	}
}

// refuseAdoption applies delivery.adopt to a candidate for an unmanaged resource (R11).
func (b *build) refuseAdoption(c *Candidate) *problem.Problem {
	have, ok := b.in.Have[c.ID]
	if !ok || have.Mark != nil {
		return nil
	}
	if c.Object != "" && have.Hash != c.Hash && !b.allows(c.namespace(), c.ID) {
		refusal := trespass(problem.Error, c.namespace(), c.ID, "a rule must let namespace %s take over %s, which exists and is not managed", "to allow it, add")
		return &refusal
	}
	if b.in.Adopt == AdoptAlways || b.in.Adopt == "" || b.in.Adopt == AdoptEqual && have.Hash == c.Hash {
		return nil
	}
	return &problem.Problem{
		Code: problem.CodeAdoption, Severity: problem.Error, Path: "metadata.name",
		Message: fmt.Sprintf("%s exists already and is not managed by any source", c.ID),
		Hint:    "delete it through the API, or set delivery.adopt: always",
	}
}

// createProject drops the complaint about a missing project and notes the project instead (R17). A document that names none keeps it.
func (b *build) createProject(c *Candidate, problems problem.List) problem.List {
	if c.ID.Project == "" {
		return problems
	}
	out := slices.DeleteFunc(slices.Clone(problems), func(p problem.Problem) bool { return p.Code == problem.CodeProject })
	if len(out) < len(problems) && !out.Invalid() && !b.rest.projects[c.ID.Project] {
		b.rest.projects[c.ID.Project] = true
		b.set.Projects = append(b.set.Projects, c.ID.Project)
	}
	return out
}
