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
	marks      map[place][]resource.ID // what each place gave, by the marks of what is served
	rest       *rest
}

// place is a file of a source.
type place struct{ source, path string }

// document is a place in a source, as rows name it.
type document struct {
	source, origin string
	index          int
}

func (r *Row) document() document { return document{r.Source, r.Origin, r.Index} }

func gather(in Input, frozen map[string]bool, found map[document]Row) *build {
	b := &build{
		in: in, frozen: frozen, found: found,
		set: &Set{
			Winners: map[resource.ID]*Candidate{}, Declared: map[resource.ID]bool{}, Invalid: map[string]int{},
		},
		candidates: map[resource.ID][]*Candidate{},
		marks:      map[place][]resource.ID{},
	}
	for id, have := range in.Have {
		if m := have.Mark; m != nil {
			p := place{m.Source, m.Declarer()}
			b.marks[p] = append(b.marks[p], id)
		}
	}
	for i, src := range in.Sources {
		b.gatherSource(i, src)
	}
	return b
}

func (b *build) gatherSource(order int, src Source) {
	for n, file := range src.Files {
		content := b.in.Contents(KeyOf(file))
		rank := [4]int{src.Priority, order, n, 0}
		if content.Problems.Invalid() {
			b.reject(Row{Source: src.Name, Origin: file.Origin, File: file}, content.Problems)
			b.keepPlace(src, file.Path)
			continue
		}
		for _, doc := range content.Documents {
			rank[3] = doc.Index
			b.gatherDocument(src, file, doc, rank)
		}
	}
	b.keepUnread(src)
	if b.frozen[src.Name] {
		b.keepAll(src)
	}
}

func (b *build) gatherDocument(src Source, file sourceFile, doc Document, rank [4]int) {
	row := Row{Source: src.Name, Origin: file.Origin, File: file, Index: doc.Index, ID: doc.ID}
	if doc.ID.Possible() {
		b.set.Declared[doc.ID] = true
	} else {
		b.keepPlace(src, file.Path)
	}
	if pin, ok := b.in.Pinned[doc.ID]; ok && pin.Source == src.Name {
		row.Awaits = "perseid unpin"
		b.set.Rows = append(b.set.Rows, row)
		pin.Origin, pin.Place = file.Origin, file.Path
		pin.rank, pin.row, pin.Pinned = rank, len(b.set.Rows)-1, true
		b.candidates[doc.ID] = append(b.candidates[doc.ID], &pin)
		return
	}
	if doc.Problems.Invalid() {
		b.reject(row, doc.Problems)
		b.addLastGood(doc.ID, src.Name, rank)
		return
	}
	row.Problems = withOrigin(doc.Problems, file.Origin)
	b.set.Rows = append(b.set.Rows, row)
	b.candidates[doc.ID] = append(b.candidates[doc.ID], &Candidate{
		ID: doc.ID, Source: src.Name, Origin: file.Origin, Path: file.Path, Digest: file.Digest, Index: doc.Index,
		Secret: file.Secret, Hash: doc.Hash, Facts: doc.Facts, Keep: doc.Keep,
		rank: rank, row: len(b.set.Rows) - 1,
	})
}

// reject records an invalid document.
func (b *build) reject(row Row, problems problem.List) {
	row.Outcome = delivery.Invalid
	row.Problems = withOrigin(problems, row.Origin)
	row.Awaits = "a corrected document"
	b.set.Rows = append(b.set.Rows, row)
	b.set.Invalid[row.Source]++
}

// keepPlace declares whatever a file gave before: it now holds something whose identity cannot be told (R18).
func (b *build) keepPlace(src Source, path string) {
	for _, id := range slices.Concat(b.marks[place{src.Name, path}], src.Gave[path]) {
		b.set.Declared[id] = true
		b.addLastGood(id, src.Name, b.rankOf(src.Name))
	}
}

// keepUnread declares what lies in a scope that could not be read, also what is in no file we know of (R3).
func (b *build) keepUnread(src Source) {
	if len(src.Unread) == 0 {
		return
	}
	for p, ids := range b.marks {
		if p.source != src.Name || !slices.ContainsFunc(src.Unread, func(u unread) bool { return u.Covers(p.path) }) {
			continue
		}
		for _, id := range ids {
			b.set.Declared[id] = true
			b.addLastGood(id, src.Name, b.rankOf(src.Name))
		}
	}
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
	for p, ids := range b.marks {
		if p.source == src.Name {
			for _, id := range ids {
				b.set.Declared[id] = true
				b.candidates[id] = slices.DeleteFunc(b.candidates[id], func(c *Candidate) bool { return c.Source == src.Name })
				b.addLastGood(id, src.Name, b.rankOf(src.Name))
			}
		}
	}
}

// addLastGood makes a candidate of what the source serves under an identity, if it does.
func (b *build) addLastGood(id resource.ID, name string, rank [4]int) {
	have, ok := b.in.Have[id]
	if !ok || have.Mark == nil || have.Mark.Source != name {
		return
	}
	m := have.Mark
	b.candidates[id] = append(b.candidates[id], &Candidate{
		ID: id, Source: name, Origin: m.Origin, Path: m.Path, Place: m.Place, Digest: m.Digest, Index: m.Index, Secret: m.Secret,
		Hash: m.Declared, Facts: have.Facts, LastGood: true, rank: rank, row: -1,
	})
}

// rankOf is the precedence of what a source serves where nothing legible of it speaks for the identity: below all its documents.
func (b *build) rankOf(name string) [4]int {
	for i, src := range b.in.Sources {
		if src.Name == name {
			return [4]int{src.Priority, i, -1, 0}
		}
	}
	return [4]int{}
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
	for p := range b.marks {
		if p.source == name {
			return true
		}
	}
	return false
}

// byPrecedence sorts the candidates of one identity, the winner first.
func byPrecedence(a, b *Candidate) int {
	for i := range a.rank {
		if c := cmp.Compare(b.rank[i], a.rank[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.Origin, b.Origin)
}

func withOrigin(problems problem.List, origin string) problem.List {
	out := slices.Clone(problems)
	for i := range out {
		out[i].Origin = origin
	}
	return out
}
