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
	h, err := openHistory(inv.Log("history"), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// add keeps records of what is done at once.
func (h *history) add(records []Record, now time.Time) error {
	err := h.keep(records)
	h.done(now)
	return err
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
	have := map[resource.ID]desired.Have{id(x): {Mark: &inventory.Mark{}, Metadata: resource.Metadata{Version: 2}}}
	again, err := openHistory(h.log, have, noon)
	if err != nil {
		t.Fatal(err)
	}
	var got []uint64
	for _, r := range again.of(id(x)) {
		got = append(got, r.Metadata.Version)
	}
	if !slices.Equal(got, []uint64{1, 0}) {
		t.Errorf("versions %v, want 1 and 0", got)
	}
}

// R22: what is taken back has displaced nothing.
func TestR22WhatIsTakenBackDisplacesNothing(t *testing.T) {
	h := newHistory(t)
	for n := range uint64(versionsKept) {
		h.remember(t, x, n, delivery.WhyUpdated, noon)
	}
	if err := h.keep([]Record{version(x, versionsKept, delivery.WhyUpdated, 0)}); err != nil {
		t.Fatal(err)
	}
	h.forgetLast(1)
	have := map[resource.ID]desired.Have{id(x): {Mark: &inventory.Mark{}, Metadata: resource.Metadata{Version: versionsKept}}}
	again, err := openHistory(h.log, have, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []*history{h, again} {
		if got := h.of(id(x)); len(got) != versionsKept || got[versionsKept-1].Metadata.Version != 0 {
			t.Errorf("kept %d versions, want %d down to 0", len(got), versionsKept)
		}
	}
}
