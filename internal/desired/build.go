package desired

import (
	"cmp"
	"slices"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Build decides which documents are served (R6). It is pure, and the same for the same input whatever came before.
//
// Documents are gathered from all sources; each identity goes to its candidate of highest precedence (R8); winners are then
// accepted one by one in order of rank, each held against those accepted before it and what is unmanaged (R20). A winner that is not
// acceptable falls back to its last good version, and without one to the next candidate. A source that holds back its release
// when a document is invalid is then frozen at what it serves, and the decision is made again without its new documents (R19):
// at most once for each source, so it ends. What was found invalid on the way is reported, though it is no candidate any more.
func Build(in Input) *Set {
	frozen := map[string]bool{}
	for _, src := range in.Sources {
		if src.Suspended {
			frozen[src.Name] = true
		}
	}
	found := map[document]Row{}
	for {
		b := gather(in, frozen, found)
		b.decide()
		if !b.freeze(frozen) {
			b.set.Frozen = frozen
			return b.set
		}
		for _, row := range b.set.Rows {
			if row.Outcome == delivery.Invalid || row.Outcome == delivery.Refused {
				found[row.document()] = row
			}
		}
	}
}

type build struct {
	in         Input
	frozen     map[string]bool
	found      map[document]Row // invalid or refused in an earlier attempt of the same Build
	set        *Set
	candidates map[resource.ID][]*Candidate
	ids        []resource.ID // of the candidates, in the order in which they were met
	room       []Candidate   // for candidates to come: one allocation for many
	given      *given        // made when it is first asked for: see served
	rest       *rest
}

// given is what each place gave, by the marks of what is served; and the same by object, for places that are one.
type given struct{ places, objects map[place][]resource.ID }

// place is a file of a source, or an object.
type place struct{ source, path string }

// document is a place in a source, as rows name it.
type document struct {
	source, origin string
	index          int
}

func (r *Row) document() document { return document{r.Source, r.Origin, r.Index} }

func gather(in Input, frozen map[string]bool, found map[document]Row) *build {
	files := 0
	for _, src := range in.Sources {
		files += len(src.Files)
	}
	b := &build{
		in: in, frozen: frozen, found: found,
		set: &Set{
			Winners: make(map[resource.ID]*Candidate, files), Declared: make(map[resource.ID]bool, files), Invalid: map[string]int{},
			Rows: make([]Row, 0, files),
		},
		candidates: make(map[resource.ID][]*Candidate, files),
		ids:        make([]resource.ID, 0, files),
		room:       make([]Candidate, 0, files),
	}
	for i, src := range in.Sources {
		b.gatherSource(i, src)
	}
	return b
}

// offer adds a candidate.
func (b *build) offer(c Candidate) {
	if len(b.room) == cap(b.room) {
		b.room = make([]Candidate, 0, 64)
	}
	b.room = append(b.room, c)
	list := b.candidates[c.ID]
	if list == nil { // a list that was emptied is not nil
		b.ids = append(b.ids, c.ID)
	}
	b.candidates[c.ID] = append(list, &b.room[len(b.room)-1])
}

// served is what is served now, by where it is from. Most builds have no use for it.
func (b *build) served() *given {
	if b.given != nil {
		return b.given
	}
	b.given = &given{places: map[place][]resource.ID{}, objects: map[place][]resource.ID{}}
	for id, have := range b.in.Have {
		if m := have.Mark; m != nil {
			p := place{m.Source, m.Declarer()}
			b.given.places[p] = append(b.given.places[p], id)
			if m.Object != "" {
				p.path = m.Object
				b.given.objects[p] = append(b.given.objects[p], id)
			}
		}
	}
	return b.given
}

func (b *build) gatherSource(order int, src Source) {
	age := ages(src.Files)
	for n, file := range src.Files {
		content, ask := b.in.Contents(KeyOf(file)), ask(file.Object)
		r := rank{priority: src.Priority, order: order, weight: ask.weight, age: age[file.Object.String()], file: n}
		switch {
		case ask.suspended:
			b.hold(src, file, content, r)
		case content.Problems.Invalid():
			b.reject(Row{Source: src.Name, Origin: file.Origin, File: file}, content.Problems)
			b.keepPlace(src, file)
		default:
			for _, doc := range content.Documents {
				r.index = doc.Index
				b.gatherDocument(src, file, ask, doc, r)
			}
		}
	}
	b.keepUnread(src)
	if b.frozen[src.Name] {
		b.keepAll(src)
	}
}

func (b *build) gatherDocument(src Source, file sourceFile, ask asked, doc Document, r rank) {
	row := Row{Source: src.Name, Origin: file.Origin, File: file, Index: doc.Index, ID: doc.ID}
	refusal := b.judge(src, file, doc)
	switch {
	case !doc.ID.Possible():
		b.keepPlace(src, file)
	case !refusal.Invalid() || b.gave(doc.ID, file):
		b.claims(doc.ID, partyOf(src, file))
	}
	if pin, ok := b.in.Pinned[doc.ID]; ok && pin.Source == src.Name {
		row.Awaits = "perseid unpin"
		b.set.Rows = append(b.set.Rows, row)
		pin.Origin, pin.Place = file.Origin, file.Path
		pin.rank, pin.row, pin.Pinned = r, len(b.set.Rows)-1, true
		pin.Object = file.Object.String()
		b.offer(pin)
		return
	}
	problems := slices.Concat(told(doc.Problems, file.Secret), ask.problems, refusal)
	if problems.Invalid() {
		b.reject(row, problems)
		if refusal.Invalid() {
			b.set.Rows[len(b.set.Rows)-1].Outcome = delivery.Refused
		}
		b.addLastGood(doc.ID, partyOf(src, file), r)
		return
	}
	row.Problems = withOrigin(problems, file.Origin)
	b.set.Rows = append(b.set.Rows, row)
	b.offer(Candidate{
		ID: doc.ID, Source: src.Name, Origin: file.Origin, Path: file.Path, Digest: file.Digest, Index: doc.Index,
		Secret: file.Secret, Object: file.Object.String(), Project: defaultProject(file),
		Hash: doc.Hash, Facts: doc.Facts, Keep: doc.Keep || ask.keep,
		rank: r, row: len(b.set.Rows) - 1,
	})
}

// reject records an invalid document.
func (b *build) reject(row Row, problems problem.List) {
	row.Outcome = delivery.Invalid
	row.Problems = withOrigin(told(problems, row.File.Secret), row.Origin)
	row.Awaits = "a corrected document"
	b.set.Rows = append(b.set.Rows, row)
	b.set.Invalid[row.Source]++
}

// keepPlace declares whatever a file gave before: it now holds something whose identity cannot be told (R18).
func (b *build) keepPlace(src Source, file sourceFile) {
	for _, id := range slices.Concat(b.served().places[place{src.Name, file.Path}], src.Gave[file.Path]) {
		b.claims(id, partyOf(src, file))
		b.addLastGood(id, partyOf(src, file), b.rankOf(src.Name))
	}
}

// gave says whether a file gave what is served under an identity.
func (b *build) gave(id resource.ID, file sourceFile) bool {
	m := b.in.Have[id].Mark
	return m != nil && m.Object == file.Object.String()
}

// keepUnread declares what lies in a scope that could not be read, also what is in no file we know of (R3).
func (b *build) keepUnread(src Source) {
	if len(src.Unread) == 0 {
		return
	}
	for p, ids := range b.served().places {
		if p.source != src.Name || !slices.ContainsFunc(src.Unread, func(u unread) bool { return u.Covers(p.path) }) {
			continue
		}
		for _, id := range ids {
			b.set.Declared[id] = true
			b.addLastGood(id, b.servant(id), b.rankOf(src.Name))
		}
	}
}

// servant is who serves a managed identity.
func (b *build) servant(id resource.ID) party {
	m := b.in.Have[id].Mark
	return party{m.Source, m.Namespace()}
}

// keepAll puts what a source serves in the place of its documents: it is suspended, or its release is on hold (R19).
func (b *build) keepAll(src Source) {
	awaits := "the rest of its release to be valid"
	if src.Suspended {
		awaits = "its source to be resumed"
	}
	for id, list := range b.candidates {
		b.candidates[id] = slices.DeleteFunc(list, func(c *Candidate) bool {
			if c.Source != src.Name {
				return false
			}
			row := b.set.Row(c)
			if row == nil {
				return true // a last good version, which comes again below
			}
			if found, ok := b.found[row.document()]; ok {
				*row = found
				b.set.Invalid[src.Name]++
				return true
			}
			row.Outcome, row.Awaits = delivery.HeldBack, awaits
			if m := b.in.Have[id].Mark; m != nil && m.Source == src.Name && m.Declared == c.Hash {
				row.Outcome, row.Awaits = delivery.Unchanged, ""
			}
			return true
		})
	}
	for p, ids := range b.served().places {
		if p.source == src.Name {
			for _, id := range ids {
				b.set.Declared[id] = true
				b.candidates[id] = slices.DeleteFunc(b.candidates[id], func(c *Candidate) bool { return c.Source == src.Name })
				b.addLastGood(id, b.servant(id), b.rankOf(src.Name))
			}
		}
	}
}

// addLastGood makes a candidate of what somebody serves under an identity, if they do.
func (b *build) addLastGood(id resource.ID, who party, r rank) {
	have, ok := b.in.Have[id]
	if !ok || have.Mark == nil || b.servant(id) != who {
		return
	}
	m := have.Mark
	b.offer(Candidate{
		ID: id, Source: m.Source, Origin: m.Origin, Path: m.Path, Place: m.Place, Digest: m.Digest, Index: m.Index, Secret: m.Secret,
		Object: m.Object, Hash: m.Declared, Facts: have.Facts, Keep: m.Keep, LastGood: true, rank: r, row: -1,
	})
}

// rankOf is the precedence of what a source serves where nothing legible of it speaks for the identity: below all its documents.
func (b *build) rankOf(name string) rank {
	for i, src := range b.in.Sources {
		if src.Name == name {
			return rank{priority: src.Priority, order: i, file: -1}
		}
	}
	return rank{}
}

// freeze adds the sources that must hold their release back and are not frozen yet; it says whether there were any.
func (b *build) freeze(frozen map[string]bool) bool {
	added := false
	for _, src := range b.in.Sources {
		if src.OnInvalid != Hold || frozen[src.Name] || b.set.Invalid[src.Name] == 0 || !b.serves(src.Name) {
			continue
		}
		frozen[src.Name], added = true, true
	}
	return added
}

// serves says whether a source has a previous release: anything at all that is served.
func (b *build) serves(name string) bool {
	for p := range b.served().places {
		if p.source == name {
			return true
		}
	}
	return false
}

// byPrecedence sorts the candidates of one identity, the winner first.
func byPrecedence(a, b *Candidate) int {
	return cmp.Or(b.rank.compare(a.rank), cmp.Compare(a.Origin, b.Origin))
}

func withOrigin(problems problem.List, origin string) problem.List {
	out := slices.Clone(problems)
	for i := range out {
		out[i].Origin = origin
	}
	return out
}
