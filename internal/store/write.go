package store

import (
	"fmt"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Condition is asked under the write lock, with the entry as it is (nil if there is none), before anything is written. Its error is
// returned as it is. It may call Body and Read; anything else of the store waits for the lock that the condition is asked under.
type Condition func(current *Entry) error

// Create writes a new document: version 0, createdAt = updatedAt = now. Class Exists if the name is taken, even by a file that cannot be read.
// The resource is left as it is: server-made metadata is in the returned entry.
func (s *Store) Create(r *resource.Resource, allow Condition) (*Entry, error) {
	return s.write(r, func(current *Entry, id resource.ID) error {
		if current != nil {
			return exists(id)
		}
		return ask(allow, nil)
	})
}

// Update replaces a document: createdAt kept, version + 1, updatedAt = now, owner mark kept. Class NotFound if there is none.
// A file that cannot be read is replaced too, its bytes copied to quarantine first (R29).
func (s *Store) Update(r *resource.Resource, allow Condition) (*Entry, error) {
	return s.write(r, func(current *Entry, id resource.ID) error {
		if current == nil {
			return notFound(id)
		}
		return ask(allow, served(current))
	})
}

// Delete removes a document. Class NotFound if there is none.
func (s *Store) Delete(id resource.ID, allow Condition) error {
	id = s.fold(id)
	if s.place(id) != nil {
		return notFound(id)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	current, err := s.ready(id)
	if err != nil {
		return err
	}
	if current == nil {
		return notFound(id)
	}
	if err := ask(allow, served(current)); err != nil {
		return err
	}
	return advised(s.carryOut(&work{steps: []*step{{id: id, based: current}}}))
}

// write is one document, put on one condition.
func (s *Store) write(r *resource.Resource, check func(*Entry, resource.ID) error) (*Entry, error) {
	id := s.fold(r.ID())
	if err := s.place(id); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	current, err := s.ready(id)
	if err != nil {
		return nil, err
	}
	if err := check(current, id); err != nil {
		return nil, err
	}
	put := &Put{ID: id, Load: func() (*resource.Resource, error) { return r, nil }}
	if current != nil {
		put.Mark = current.Mark
	}
	w := &work{steps: []*step{{id: id, put: put}}}
	defer w.discard()
	body, err := s.stage(w.steps[0], current)
	if err != nil {
		return nil, advised(err)
	}
	if err := s.carryOut(w); err != nil {
		return nil, advised(err)
	}
	entry := w.steps[0].next
	entry.lend(s.now())
	s.cache.put(entry.ETag, body) // whoever writes a document tends to look at it
	return entry, nil
}

// ready is the entry of an identity as the disk has it now, unless nothing can be written. The caller holds mu.
func (s *Store) ready(id resource.ID) (*Entry, error) {
	if s.refused != nil {
		return nil, s.refused
	}
	s.refresh([]resource.ID{id})
	return s.view.Load().get(id), nil
}

func ask(allow Condition, current *Entry) error {
	if allow == nil {
		return nil
	}
	return allow(current)
}

// served is what a caller may know of an entry: nothing, where there never was anything readable.
func served(e *Entry) *Entry {
	if !e.served() {
		return nil
	}
	return e
}

// refuse makes every later write fail. The caller holds mu.
func (s *Store) refuse(why string, cause error) error {
	s.refused = &problem.Failure{Class: problem.Unavailable, Detail: why, Err: cause}
	s.log.Error("the database takes no more writes", "why", why, "error", cause)
	return s.refused
}

// advised is an error of a write with what to do about it, and of class Unavailable, if the disk is the cause.
func advised(err error) error {
	advice := atomicfile.Advice(err)
	if advice == "" || problem.ClassOf(err) != problem.Internal {
		return err
	}
	return fmt.Errorf("%w: %w", &problem.Failure{Class: problem.Unavailable, Detail: advice}, err)
}
