package store

import (
	"errors"
	"io/fs"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
)

// Get finds one document, revalidated with one stat. The error is of class NotFound if there is none, and of class Unavailable
// if there is a file that could never be read.
func (s *Store) Get(id resource.ID) (*Entry, error) {
	id = s.fold(id)
	if s.place(id) != nil {
		return nil, notFound(id)
	}
	switch e := s.current(id); {
	case e == nil:
		return nil, notFound(id)
	case !e.served():
		return nil, damaged(e)
	default:
		return e, nil
	}
}

// Has is Get for callers that want only existence; it revalidates too. A document that cannot be read exists.
func (s *Store) Has(id resource.ID) bool {
	id = s.fold(id)
	return s.place(id) == nil && s.current(id) != nil
}

// current is the entry as the disk has it now. It is marked as lent: for a while its body outlives a replacement.
func (s *Store) current(id resource.ID) *Entry {
	if e, ok := s.unchanged(id); ok {
		return e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh([]resource.ID{id})
	e := s.view.Load().get(id)
	e.lend(s.now())
	return e
}

func (s *Store) unchanged(id resource.ID) (*Entry, bool) {
	s.swap.RLock()
	defer s.swap.RUnlock()
	e := s.view.Load().get(id)
	print, sort, err := lstat(s.path(id))
	switch {
	case err != nil: // known only to refresh
		return nil, false
	case e == nil:
		return nil, sort == nothing
	case sort == nothing || e.print != print || !e.live.settled.Load():
		return nil, false
	}
	e.lend(s.now())
	return e, true
}

func (e *Entry) lend(now time.Time) {
	if e != nil {
		e.live.lent.Store(now.UnixNano())
	}
}

// refresh brings the view up to the disk for some identities. The caller holds mu.
func (s *Store) refresh(ids []resource.ID) {
	v := s.view.Load()
	attempts := patience
	if len(ids) > workers {
		attempts = 1
	}
	found := make([]*Entry, len(ids))
	_ = each(len(ids), func(i int) error { // nothing here fails: what cannot be read is an entry that says so
		found[i] = s.examine(ids[i], v.get(ids[i]), attempts)
		return nil
	})
	changes := edit{}
	for i, e := range found {
		if e == v.get(ids[i]) {
			continue
		}
		changes[ids[i]] = e
		if e != nil && e.Problem != "" {
			s.log.Warn("stored document cannot be read", "file", s.relative(e.ID), "problem", e.Problem)
		}
	}
	if len(changes) > 0 {
		s.publish(v.apply(changes))
	}
}

// publish makes a view the current one. The caller holds mu.
func (s *Store) publish(v *view) {
	if s.journal != nil && s.refused == nil && v.generation > s.reserved {
		if err := s.reserve(v.generation); err != nil {
			s.log.Error("reserve generations", "error", err)
		}
	}
	s.view.Store(v)
}

// How long a file that was touched a moment ago is given to become readable: its writer may be in the middle. Among many
// files there is no waiting; one that is still young is read again at the next look.
const (
	patience  = 5
	rereadGap = 10 * time.Millisecond
)

// examine looks at one document's file: nil if there is none, the old entry itself if nothing changed.
func (s *Store) examine(id resource.ID, old *Entry, attempts int) *Entry {
	for attempt := 1; ; attempt++ {
		e, young := s.look(id, old)
		if e == nil || e.Problem == "" || !young || attempt >= attempts {
			return e
		}
		time.Sleep(rereadGap)
	}
}

// look is one attempt of examine. young says that the file's writer may not have finished.
func (s *Store) look(id resource.ID, old *Entry) (e *Entry, young bool) {
	path := s.path(id)
	print, sort, err := lstat(path)
	switch {
	case err != nil:
		return s.spoilt(id, old, fingerprint{}, err), false
	case sort == nothing:
		return nil, false
	case sort != regular:
		return s.spoilt(id, old, print, errNotRegular), false
	case old != nil && old.print == print && old.live.settled.Load():
		return old, false
	}
	now := s.clock()
	data, print, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	if err != nil {
		return s.spoilt(id, old, print, err), !print.settledAt(now)
	}
	return s.compare(id, old, data, print, print.settledAt(now))
}

// clock is for comparing with the timestamps of files, which no caller's clock rules.
func (s *Store) clock() time.Time { return time.Now() }

var errNotRegular = errors.New("not a regular file; replace it by one")

// compare makes what is to be known of bytes just read.
func (s *Store) compare(id resource.ID, old *Entry, data []byte, print fingerprint, settled bool) (*Entry, bool) {
	if old.served() && old.raw == digestOf(data) {
		if old.print == print && old.Problem == "" {
			old.live.settled.Store(settled)
			return old, !settled
		}
		e := old.copy()
		e.print, e.Problem = print, ""
		e.live.settled.Store(settled)
		return e, !settled
	}
	e, err := s.parse(id, data)
	if err != nil {
		e = s.spoilt(id, old, print, err)
	} else {
		e.print = print
		if old != nil {
			e.Mark = old.Mark
		}
	}
	e.live.settled.Store(settled)
	return e, !settled
}

// spoilt is the entry of a file that cannot be read: the last readable version, if there was one, and why (R29).
func (s *Store) spoilt(id resource.ID, old *Entry, print fingerprint, why error) *Entry {
	reason := cut(bare(why)).Error()
	if old != nil && old.print == print && old.Problem == reason {
		return old
	}
	e := &Entry{ID: id, live: &live{}}
	if old != nil {
		e = old.copy()
	}
	e.print, e.Problem = print, reason
	e.live.settled.Store(true)
	return e
}

// bare takes the path out of an error: whoever shows it names the file already.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
