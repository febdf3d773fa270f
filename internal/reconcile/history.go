package reconcile

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// Bounds of history: the oldest goes first.
const (
	versionsKept  = 10     // of one resource (R22)
	historyMax    = 50_000 // records in all
	historyMaxAge = 90 * 24 * time.Hour
	// historySlack is how many dead records the log may hold before it is rewritten.
	historySlack = 5000
)

// Record is one previous content of a resource: what a change did away with (I3, R22).
type Record struct {
	ID       resource.ID       `json:"id"`
	At       time.Time         `json:"at"` // when it was replaced or deleted
	Why      delivery.Why      `json:"why"`
	Source   string            `json:"source"` // who did it
	Origin   string            `json:"origin,omitempty"`
	Revision string            `json:"revision,omitempty"`
	Metadata resource.Metadata `json:"metadata"`
	// Digest, Path and Index find the document in the objects.
	Digest source.Digest `json:"digest"`
	Size   int64         `json:"size,omitempty"` // of the file, in bytes
	Path   string        `json:"path"`
	Index  int           `json:"index,omitempty"`
	Secret bool          `json:"secret,omitempty"`
	Object string        `json:"object,omitempty"` // it was from, as in its mark
}

// history is the log of them, with what is looked up in it. It is written by the loop alone; versions may be asked for at any time.
type history struct {
	log    inventory.Log
	onDisk int

	mu      sync.RWMutex          // held by writers while they change what follows
	records []Record              // oldest first
	byID    map[resource.ID][]int // newest first
}

func openHistory(log inventory.Log, have map[resource.ID]desired.Have, now time.Time) (*history, error) {
	h := &history{log: log}
	err := log.Load(func(line []byte) error {
		var r Record
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		h.records = append(h.records, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	h.onDisk = len(h.records)
	h.records = withoutUndone(h.records, have)
	h.forgetOld(now)
	return h, nil
}

// forgetOld drops what is past the bounds and indexes the rest. Deletions that the guard still counts outlive the bound of their
// resource unindexed, so that one that comes and goes is no way around the guard (R13).
func (h *history) forgetOld(now time.Time) {
	kept := map[resource.ID]int{}
	keep := make([]bool, len(h.records))
	total, weight := 0, weight{}
	for i := len(h.records) - 1; i >= 0; i-- {
		r := &h.records[i]
		kept[r.ID]++
		counted := r.Why == delivery.WhyDeleted && now.Sub(r.At) < guardWindow
		keep[i] = (kept[r.ID] <= versionsKept || counted) && total < historyMax && now.Sub(r.At) < historyMaxAge
		if keep[i] {
			total++
			keep[i] = weight.add(r.Digest, r.Size) <= historyBytes || counted
		}
	}
	i := -1
	h.records = slices.DeleteFunc(h.records, func(Record) bool { i++; return !keep[i] })
	h.byID = map[resource.ID][]int{}
	for i, r := range slices.Backward(h.records) {
		if len(h.byID[r.ID]) < versionsKept {
			h.byID[r.ID] = append(h.byID[r.ID], i)
		}
	}
}

// keep keeps records durably, before what they describe is done: then comes done, or forgetLast. They can be looked up at once, so that
// whoever sees what was done finds what was before.
func (h *history) keep(records []Record) error {
	lines := make([]any, len(records))
	for i := range records {
		lines[i] = records[i]
	}
	if err := h.log.Append(lines...); err != nil {
		return fmt.Errorf("keep previous contents: %w", err)
	}
	h.onDisk += len(records)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range records {
		h.byID[r.ID] = slices.Insert(h.byID[r.ID], 0, len(h.records))
		h.records = append(h.records, r)
	}
	return nil
}

// done says that what the last records describe was done: now the oldest may go. A log that cannot be rewritten does no harm.
func (h *history) done(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forgetOld(now)
	if h.onDisk > len(h.records)+historySlack {
		_ = h.rewrite()
	}
}

// rewrite drops dead records from the log.
func (h *history) rewrite() error {
	lines := make([]any, len(h.records))
	for i := range h.records {
		lines[i] = h.records[i]
	}
	if err := h.log.Rewrite(lines); err != nil {
		return err
	}
	h.onDisk = len(lines)
	return nil
}

// forgetLast takes back the last n records: what they describe was not done. On disk they stay until the next rewrite; a
// start knows them by what is served.
func (h *history) forgetLast(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range slices.Backward(h.records[len(h.records)-n:]) {
		h.byID[r.ID] = h.byID[r.ID][1:]
	}
	h.records = h.records[:len(h.records)-n]
}

// of lists the records of one resource, newest first.
func (h *history) of(id resource.ID) []Record {
	var out []Record
	for _, i := range h.byID[id] {
		out = append(out, h.records[i])
	}
	return out
}

// list is of, for whoever is not the loop.
func (h *history) list(id resource.ID) []Record {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.of(id)
}

// versions is what history tells of one resource, newest first. What it is pinned to, nil for nothing, is told of as long as the pin lasts.
func (h *history) versions(id resource.ID, pinned *Record) []delivery.Version {
	records := h.list(id)
	is := func(rec Record) bool { return pinned != nil && rec.At.Equal(pinned.At) }
	if pinned != nil && !slices.ContainsFunc(records, is) {
		records = append(records, *pinned)
	}
	var out []delivery.Version
	for _, rec := range records {
		out = append(out, delivery.Version{
			Version: rec.Metadata.Version, At: rec.At, Why: rec.Why, Source: rec.Source, Origin: rec.Origin, Revision: rec.Revision, Pinned: is(rec),
		})
	}
	return out
}

// continues is where a resource that is created again goes on (I3); nil if it never was deleted.
func (h *history) continues(id resource.ID) *resource.Metadata {
	for _, i := range h.byID[id] {
		if h.records[i].Why == delivery.WhyDeleted {
			m := h.records[i].Metadata // records move when old ones go
			return &m
		}
	}
	return nil
}

// recent lists deletions for the guard.
func (h *history) recent(now time.Time) []Deletion {
	var out []Deletion
	for _, r := range slices.Backward(h.records) {
		if now.Sub(r.At) > guardWindow {
			break
		}
		if r.Why == delivery.WhyDeleted {
			out = append(out, Deletion{Source: r.Source, Project: r.ID.Project, Object: r.Object, At: r.At})
		}
	}
	return out
}

// record describes the content a change does away with. What a source wrote is the document it was made of (I2), which is among the
// objects already; content of others is put there. It is nil for what others made unreadable: the store keeps those bytes (R29).
func (r *Reconciler) record(c Change) (*Record, error) {
	rec := &Record{ID: c.ID, At: r.now(), Why: delivery.WhyUpdated, Source: c.Source, Metadata: c.Have.Metadata}
	if c.Action == Delete {
		rec.Why = delivery.WhyDeleted
	}
	if m := c.Have.Mark; m != nil && c.Have.Hash == m.Stored {
		if m.Source != c.Source {
			rec.Why = delivery.WhyTaken
		}
		rec.Origin, rec.Digest, rec.Path, rec.Index, rec.Secret, rec.Revision = m.Origin, m.Digest, m.Path, m.Index, m.Secret, m.Revision
		rec.Object, rec.Size = m.Object, r.objects.Size(m.Digest)
		return rec, nil
	}
	if !c.Have.Damaged.IsZero() {
		r.log.Warn("what is replaced cannot be read, and is put into quarantine", "resource", c.ID.String())
		return nil, nil
	}
	previous, err := r.sink.Read(c.ID)
	if err != nil {
		return nil, fmt.Errorf("keep %s for undo: %w", c.ID, err)
	}
	body := previous.JSON()
	rec.Why, rec.Path, rec.Digest, rec.Secret = delivery.WhyTaken, keptPath, source.DigestOf(body), previous.Kind.Secret
	rec.Size = int64(len(body))
	return rec, r.objects.Put(rec.Digest, body, rec.Secret)
}

// keptPath stands for a file in records of contents that no source declared.
const keptPath = "kept.json"
