package reconcile

import (
	"bytes"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
)

func newHistory(t *testing.T) *history {
	t.Helper()
	key, err := seal.NewKey(bytes.Repeat([]byte("k"), seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Open(t.TempDir(), key)
	if err != nil {
		t.Fatal(err)
	}
	h, err := openHistory(inv.Log("history"), noon)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// remember keeps that a version of a resource went.
func (h *history) remember(t *testing.T, text string, version uint64, why delivery.Why, at time.Time) {
	t.Helper()
	rec := Record{ID: id(text), At: at, Why: why, Source: "a", Metadata: resource.Metadata{Version: version}}
	if err := h.add([]Record{rec}, at); err != nil {
		t.Fatal(err)
	}
}

// I3: where a resource goes on is known before the batch that says so is recorded, and stays what it was.
func TestI3ContinuesOutlivesOlderRecords(t *testing.T) {
	h := newHistory(t)
	for n := range uint64(versionsKept) {
		h.remember(t, "Dashboard p/busy", n, delivery.WhyUpdated, noon)
	}
	h.remember(t, x, 7, delivery.WhyDeleted, noon)
	h.remember(t, "Dashboard p/other", 99, delivery.WhyDeleted, noon)
	m := h.continues(id(x))
	h.remember(t, "Dashboard p/busy", versionsKept, delivery.WhyUpdated, noon) // its first version goes, and the rest moves up
	if m.Version != 7 {
		t.Errorf("goes on after version %d, want 7", m.Version)
	}
}

// R13: a resource that comes and goes again and again is no way around the guard.
func TestR13EveryRecentDeletionCounts(t *testing.T) {
	h := newHistory(t)
	h.remember(t, x, 0, delivery.WhyDeleted, noon)
	for n := range uint64(2 * versionsKept) {
		h.remember(t, x, n, delivery.WhyUpdated, noon.Add(time.Second))
	}
	if got := h.recent(noon.Add(2 * time.Second)); len(got) != 1 {
		t.Errorf("%d deletions, want 1", len(got))
	}
	if got := h.of(id(x)); len(got) != versionsKept {
		t.Errorf("%d versions, want %d", len(got), versionsKept)
	}
	h.remember(t, x, 0, delivery.WhyUpdated, noon.Add(guardWindow))
	if len(h.records) != versionsKept {
		t.Errorf("%d records after the guard's window, want %d", len(h.records), versionsKept)
	}
}
