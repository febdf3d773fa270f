package reconcile

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
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

// R22: what is kept of a change before it is made, and the change then fails or the process ends, is told neither twice nor of what is
// still served.
func TestR22HistoryForgetsWhatWasNotDone(t *testing.T) {
	h := newHistory(t)
	for _, version := range []uint64{0, 1, 1, 2} { // the first attempt to replace version 1 came to nothing, and that to replace version 2
		h.remember(t, x, version, delivery.WhyUpdated, noon)
	}
	again, err := openHistory(h.log, noon)
	if err != nil {
		t.Fatal(err)
	}
	mark := &inventory.Mark{}
	again.forgetUndone(map[resource.ID]desired.Have{id(x): {Mark: mark, Metadata: resource.Metadata{Version: 2}}}, noon)
	var got []uint64
	for _, r := range again.of(id(x)) {
		got = append(got, r.Metadata.Version)
	}
	if !slices.Equal(got, []uint64{1, 0}) {
		t.Errorf("versions %v, want 1 and 0", got)
	}
}
