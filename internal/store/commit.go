package store

import (
	"fmt"
	"strings"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Transaction is documents and marks that become visible and durable together (R21). Each identity is named once.
type Transaction struct {
	Puts    []Put
	Deletes []Delete
	Marks   []Mark // marks of documents that are otherwise left alone
	// Published is called under the write lock once the new view is visible; it calls nothing of the store. May be nil.
	Published func(generation uint64)
}

// Put creates or replaces one document.
type Put struct {
	ID resource.ID
	// Load returns the document, which the store leaves as it is; it is called while staging, by several goroutines at once for different
	// puts, so that a large transaction never holds all bodies. It is called again if the stored document changes meanwhile.
	Load func() (*resource.Resource, error)
	Mark []byte
	// Continue, where not nil and the document does not exist, gives createdAt and the version that the new one follows (I3).
	Continue *resource.Metadata
	// Before is the hash the stored document must still have (zero: must not exist); checked only if CheckBefore.
	// A file that could never be read counts as not existing; its bytes go to quarantine.
	Before      [32]byte
	CheckBefore bool
}

// Delete removes one document if its hash is still Before.
type Delete struct {
	ID     resource.ID
	Before [32]byte
}

// Mark sets (or, nil, clears) the owner mark of a document that stays as it is.
type Mark struct {
	ID   resource.ID
	Mark []byte
}

// ChangedError says that the stored documents are not what a transaction was planned on.
type ChangedError struct{ IDs []resource.ID }

// Error names the first few.
func (e *ChangedError) Error() string {
	const shown = 5
	var names []string
	for _, id := range e.IDs[:min(shown, len(e.IDs))] {
		names = append(names, id.String())
	}
	if rest := len(e.IDs) - shown; rest > 0 {
		names = append(names, fmt.Sprintf("%d more", rest))
	}
	return "changed since the transaction was planned: " + strings.Join(names, ", ")
}

// Commit applies a transaction: everything or nothing. On error nothing is visible and nothing stays staged.
// A *ChangedError names the identities whose Before no longer holds, or that are not there to be deleted or marked; the caller plans anew.
// It returns the entries of the puts, in order.
//
// There is one exception: if the disk fails after the commit record was written, the error is of class Unavailable, the store takes no
// more writes, and the next Open finishes the transaction.
func (s *Store) Commit(t Transaction) ([]*Entry, error) {
	entries, err := s.commit(t)
	return entries, advised(err)
}

func (s *Store) commit(t Transaction) ([]*Entry, error) {
	w, err := s.newWork(t)
	if err != nil {
		return nil, err
	}
	s.commits.Lock()
	defer s.commits.Unlock()
	defer w.discard()
	if err := s.stageAll(w); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.settle(w); err != nil {
		return nil, err
	}
	if err := s.carryOut(w); err != nil {
		return nil, err
	}
	if t.Published != nil {
		t.Published(s.Generation())
	}
	entries := make([]*Entry, len(t.Puts))
	for i := range entries {
		entries[i] = w.steps[i].next
	}
	return entries, nil
}

// work is a transaction on its way.
type work struct {
	steps    []*step // puts, then deletes
	marks    []Mark
	recorded bool // in the journal: from here on it is finished, now or by the next Open
}

// step is one document of it.
type step struct {
	id     resource.ID
	put    *Put     // nil: the document is removed
	before [32]byte // for removals: the hash it must have
	check  bool
	based  *Entry // what it was staged over
	staged *atomicfile.Staged
	next   *Entry
	disk   digest // of the bytes it replaces
}

// discard removes what is still staged, unless the journal needs it.
func (w *work) discard() {
	if w.recorded {
		return
	}
	for _, st := range w.steps {
		if st.staged != nil {
			_ = st.staged.Discard() // the next Open clears what cannot be removed now
		}
	}
}

func (w *work) ids() []resource.ID {
	ids := make([]resource.ID, 0, len(w.steps)+len(w.marks))
	for _, st := range w.steps {
		ids = append(ids, st.id)
	}
	for _, m := range w.marks {
		ids = append(ids, m.ID)
	}
	return ids
}

func (s *Store) newWork(t Transaction) (*work, error) {
	w := &work{}
	for i := range t.Puts {
		p := &t.Puts[i]
		w.steps = append(w.steps, &step{id: s.fold(p.ID), put: p, before: p.Before, check: p.CheckBefore})
	}
	for _, d := range t.Deletes {
		w.steps = append(w.steps, &step{id: s.fold(d.ID), before: d.Before, check: true})
	}
	for _, m := range t.Marks {
		w.marks = append(w.marks, Mark{s.fold(m.ID), m.Mark})
	}
	seen := map[resource.ID]bool{}
	for _, id := range w.ids() {
		if err := s.place(id); err != nil {
			return nil, err
		}
		if seen[id] {
			return nil, fmt.Errorf("commit: %s is named twice", id)
		}
		seen[id] = true
	}
	return w, nil
}

// stageAll does the long part of a transaction, reading and syncing, while others may still write.
func (s *Store) stageAll(w *work) error {
	s.mu.Lock()
	refused := s.refused
	s.mu.Unlock()
	if refused != nil {
		return refused
	}
	v := s.view.Load()
	if err := s.holds(w, v); err != nil { // not worth staging
		s.mu.Lock()
		defer s.mu.Unlock()
		s.refresh(w.ids())
		v = s.view.Load()
		if err := s.holds(w, v); err != nil {
			return err
		}
	}
	return each(len(w.steps), func(i int) error {
		if w.steps[i].put == nil {
			return nil
		}
		_, err := s.stage(w.steps[i], v.get(w.steps[i].id))
		return err
	})
}

// settle makes sure that what was staged follows from what is stored now. The caller holds mu.
func (s *Store) settle(w *work) error {
	if s.refused != nil {
		return s.refused
	}
	s.refresh(w.ids())
	v := s.view.Load()
	if err := s.holds(w, v); err != nil {
		return err
	}
	for _, st := range w.steps {
		current := v.get(st.id)
		if st.put == nil {
			st.based = current
			continue
		}
		if st.based == current {
			continue
		}
		if err := st.staged.Discard(); err != nil {
			return err
		}
		if _, err := s.stage(st, current); err != nil {
			return err
		}
	}
	return nil
}

// holds checks every Before against a view.
func (s *Store) holds(w *work, v *view) error {
	var changed []resource.ID
	for _, st := range w.steps {
		current := v.get(st.id)
		switch {
		case st.put == nil && current == nil:
			changed = append(changed, st.id)
		case st.check && hashOf(current) != st.before:
			changed = append(changed, st.id)
		}
	}
	for _, m := range w.marks {
		if !v.get(m.ID).served() {
			changed = append(changed, m.ID)
		}
	}
	if len(changed) > 0 {
		return &ChangedError{IDs: changed}
	}
	return nil
}

func hashOf(e *Entry) [32]byte {
	if !e.served() {
		return [32]byte{}
	}
	return e.Hash
}

// stage loads, stamps, encodes and stages one put over the entry that is there now. It returns the answer's body.
func (s *Store) stage(st *step, current *Entry) ([]byte, error) {
	r, err := st.put.Load()
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", st.id, err)
	}
	if r.Kind.Name != st.id.Kind {
		return nil, fmt.Errorf("load %s: got a %s", st.id, r.Kind.Name)
	}
	stamped := *r
	s.stamp(&stamped.Metadata, st, served(current))
	doc, err := s.encode(st.id, &stamped)
	if err != nil {
		return nil, err
	}
	if len(doc.data) > MaxDocument {
		return nil, problem.New(problem.TooLarge, fmt.Sprintf("%s is larger than %d MiB", st.id, MaxDocument>>20))
	}
	staged, err := s.disk.Stage(s.state(stageDir), doc.data, fileMode)
	if err != nil {
		return nil, err
	}
	doc.entry.Mark = st.put.Mark
	st.staged, st.next, st.based = staged, doc.entry, current
	return doc.body, nil
}

// stamp sets what only the server may say (perses.md §1.2).
func (s *Store) stamp(m *resource.Metadata, st *step, current *Entry) {
	now := s.now().UTC().Round(0)
	m.Name, m.Project = st.id.Name, st.id.Project
	m.CreatedAt, m.UpdatedAt, m.Version = now, now, 0
	follow := st.put.Continue
	if current != nil {
		follow = &current.Metadata
	}
	if follow != nil {
		m.CreatedAt, m.Version = follow.CreatedAt, follow.Version+1
	}
}
