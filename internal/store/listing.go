package store

import (
	"strings"
	"sync"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Listing is a consistent list: entries of one view, with bodies that stay readable until Close.
type Listing struct {
	Entries    []*Entry // sorted by project, then name
	Generation uint64   // of the view

	store   *Store
	kind    string
	project string
	prefix  string
}

// listings are those that are open. A write that replaces what one of them lists keeps the old bytes for it.
type listings struct {
	mu   sync.Mutex
	open map[*Listing]bool
}

func (l *listings) add(one *Listing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[*Listing]bool{}
	}
	l.open[one] = true
}

func (l *listings) remove(one *Listing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, one)
}

func (l *listings) cover(id resource.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for one := range l.open {
		if one.covers(id) {
			return true
		}
	}
	return false
}

func (l *Listing) covers(id resource.ID) bool {
	return id.Kind == l.kind && (l.project == "" || l.project == id.Project) && strings.HasPrefix(id.Name, l.prefix)
}

// List lists a kind, in one project or ("") all, names starting with prefix. Close the listing.
// Documents that could never be read are left out: see Problems.
func (s *Store) List(kind, project, prefix string) (*Listing, error) {
	k, err := resource.KindByName(kind)
	if err != nil {
		return nil, problem.New(problem.Invalid, err.Error())
	}
	scope := s.fold(resource.ID{Kind: k.Name, Project: project, Name: prefix})
	l := &Listing{store: s, kind: k.Name, project: scope.Project, prefix: scope.Name}
	if project != "" && s.place(resource.ID{Kind: k.Name, Project: scope.Project, Name: "any"}) != nil {
		l.Generation = s.Generation()
		return l, nil // nothing can lie there
	}
	if err := s.freshen(k, scope.Project, freshFor); err != nil {
		s.log.Error("list answered from memory", "error", err)
	}

	s.swap.RLock()
	defer s.swap.RUnlock()
	v := s.view.Load()
	l.Generation = v.generation
	for _, b := range v.buckets(l.kind, l.project) {
		for _, e := range b.withPrefix(l.prefix) {
			if e.served() {
				l.Entries = append(l.Entries, e)
			}
		}
	}
	s.listings.add(l)
	return l, nil
}

// Body is Store.Body for an entry of the listing, even if the document was replaced or removed through this store since.
// Only where another process destroyed the file does it fail, with class Unavailable; a list then leaves the entry out.
func (l *Listing) Body(e *Entry) ([]byte, error) { return l.store.Body(e) }

// Close lets go of the view. A second Close does nothing.
func (l *Listing) Close() { l.store.listings.remove(l) }
