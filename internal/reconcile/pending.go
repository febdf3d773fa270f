package reconcile

import (
	"fmt"
	"maps"
	"time"

	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
)

// savedPending is one deletion that waits, as it outlives a restart (R32): what is held stays held.
type savedPending struct {
	ID resource.ID `json:"id"`
	Pending
}

func loadPending(memory inventory.Memory) (map[resource.ID]Pending, error) {
	var saved []savedPending
	if err := memory.LoadJSON(&saved); err != nil {
		return nil, fmt.Errorf("open pending deletions: %w", err)
	}
	pending := map[resource.ID]Pending{}
	for _, s := range saved {
		s.Due = time.Time{}
		pending[s.ID] = s.Pending
	}
	return pending, nil
}

// keepPending takes over the deletions that wait now, and saves them where they are others than before. When one is due is not saved:
// the first plan after a restart says so anew.
func (r *Reconciler) keepPending(next map[resource.ID]Pending) {
	lasting := func(a, b Pending) bool { a.Due = b.Due; return a == b }
	changed := !maps.EqualFunc(r.pending, next, lasting)
	r.pending = next
	if !changed {
		return
	}
	saved := make([]savedPending, 0, len(next))
	for id, p := range next {
		saved = append(saved, savedPending{id, p})
	}
	if err := r.o.Inventory.Memory("pending").SaveJSON(saved); err != nil {
		r.log.Warn("save pending deletions", "error", err)
	}
}
