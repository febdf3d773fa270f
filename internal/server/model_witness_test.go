package server

import (
	"fmt"
	"strings"
	"sync"

	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/resource"
)

// witness watches every batch on its way to the database for what no batch may do, whatever the model says.
type witness struct {
	reconcile.Sink
	declared func(resource.ID) bool // by any configured source, as far as can be told
	deleted  map[resource.ID]bool   // since the step began
	batches  []string
	last     *reconcile.Batch
	broken   []string

	mu sync.Mutex // orders the test before the loop, where only time is between them
}

// pass lets the loop see what the test did so far.
func (w *witness) pass() {
	w.mu.Lock()
	defer w.mu.Unlock()
}

// Apply implements reconcile.Sink.
func (w *witness) Apply(b reconcile.Batch) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	have, err := w.Have()
	if err != nil {
		return err
	}
	for _, d := range b.Deletes {
		h := have[d.ID]
		switch {
		case w.declared != nil && w.declared(d.ID):
			w.breaks("I1: %s is declared and deleted", d.ID)
		case h.Mark == nil:
			w.breaks("I2: %s is nobody's and deleted", d.ID)
		case h.Hash != h.Mark.Stored:
			w.breaks("I2: %s was changed by others and deleted", d.ID)
		}
		w.deleted[d.ID] = true
	}
	for _, p := range b.Puts {
		if w.deleted[p.ID] {
			w.breaks("R9: %s is deleted and created again", p.ID)
		}
	}
	w.batches = append(w.batches, describe(b))
	w.last = &b
	return w.Sink.Apply(b)
}

func describe(b reconcile.Batch) string {
	var lines []string
	for _, p := range b.Puts {
		lines = append(lines, fmt.Sprintf("put %s: %s", p.ID, describeMark(p.Mark)))
	}
	for _, d := range b.Deletes {
		lines = append(lines, fmt.Sprintf("delete %s", d.ID))
	}
	for _, m := range b.Marks {
		lines = append(lines, fmt.Sprintf("mark %s: %s", m.ID, describeMark(m.Mark)))
	}
	return strings.Join(lines, "; ")
}

func describeMark(m *inventory.Mark) string {
	if m == nil {
		return "unmanaged"
	}
	return fmt.Sprintf("%s %s#%d", m.Source, m.Path, m.Index)
}

func (w *witness) breaks(format string, args ...any) {
	w.broken = append(w.broken, fmt.Sprintf(format, args...))
}
