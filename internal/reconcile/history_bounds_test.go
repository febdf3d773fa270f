package reconcile

import (
	"fmt"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/source"
)

func testInventory(t *testing.T) *inventory.Inventory {
	t.Helper()
	key, err := seal.NewKey(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Open(t.TempDir(), key)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func openTestHistory(t *testing.T, inv *inventory.Inventory) *history {
	t.Helper()
	h, err := openHistory(inv.Log("history"), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func version(text string, n uint64, why delivery.Why, age time.Duration) Record {
	return Record{ID: id(text), At: noon.Add(-age), Why: why, Source: "a", Metadata: resource.Metadata{Version: n}}
}

func TestR22TheLastVersionsAreKept(t *testing.T) {
	inv := testInventory(t)
	h := openTestHistory(t, inv)
	for n := range uint64(versionsKept + 5) {
		if err := h.add([]Record{version(x, n, delivery.WhyUpdated, 0), version("Dashboard p/other", n, delivery.WhyUpdated, 0)}, noon); err != nil {
			t.Fatal(err)
		}
	}
	for _, h := range []*history{h, openTestHistory(t, inv)} {
		kept := h.of(id(x))
		if len(kept) != versionsKept || kept[0].Metadata.Version != versionsKept+4 {
			t.Errorf("kept %d, the newest of version %d", len(kept), kept[0].Metadata.Version)
		}
	}
}

func TestHistoryAges(t *testing.T) {
	h := openTestHistory(t, testInventory(t))
	records := []Record{version(x, 1, delivery.WhyUpdated, historyMaxAge+time.Hour), version(x, 2, delivery.WhyDeleted, time.Hour), version("Dashboard p/y", 1, delivery.WhyDeleted, time.Minute)}
	if err := h.add(records, noon); err != nil {
		t.Fatal(err)
	}
	if got := h.of(id(x)); len(got) != 1 {
		t.Errorf("kept %v", got)
	}
	if got := h.recent(noon); len(got) != 1 || got[0].Project != "p" {
		t.Errorf("recent deletions = %v, want the one of a minute ago", got)
	}
	if m := h.continues(id(x)); m == nil || m.Version != 2 {
		t.Errorf("continues at %v, want version 2", m)
	}
}

func TestR22AFullDiskTakesTheOldestHistory(t *testing.T) {
	inv := testInventory(t)
	h := openTestHistory(t, inv)
	var records []Record
	for n := range uint64(8) {
		records = append(records, version(x, n, delivery.WhyUpdated, 0))
	}
	if err := h.add(records, noon); err != nil {
		t.Fatal(err)
	}
	if !h.halve(noon) {
		t.Error("nothing to forget")
	}
	if got := openTestHistory(t, inv).of(id(x)); len(got) != 4 || got[0].Metadata.Version != 7 {
		t.Errorf("kept %v, want the newer half", got)
	}
	for h.halve(noon) {
	}
	if got := h.of(id(x)); got != nil {
		t.Errorf("kept %v", got)
	}
}

// R22: the bytes that history takes are bounded too, each content counted once; the oldest go first.
func TestR22HistoryIsBoundedInBytes(t *testing.T) {
	h := openTestHistory(t, testInventory(t))
	for n := range uint64(8) {
		rec := version(x, n, delivery.WhyUpdated, 0)
		rec.Digest, rec.Size = source.DigestOf([]byte{byte(n / 2)}), historyBytes/3 // two versions each are in one file
		if err := h.add([]Record{rec}, noon); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.of(id(x)); len(got) != 6 || got[5].Metadata.Version != 2 {
		t.Errorf("kept %d, want the last 6: the contents of 3 files", len(got))
	}
}

// R22: so are the releases of a source, but for the one that is served and the one before.
func TestR22ReleasesAreBoundedInBytes(t *testing.T) {
	var all []release
	for n := range 12 {
		shared := source.File{Path: "shared.yaml", Digest: source.DigestOf([]byte("shared")), Size: 1000}
		own := source.File{Path: "own.yaml", Digest: source.DigestOf([]byte{byte(n)}), Size: 100}
		all = append(all, release{Release: delivery.Release{Revision: fmt.Sprint(n)}, Files: []source.File{shared, own}})
	}
	for bytes, want := range map[int64]int{1 << 20: releasesKept, 1500: 5, 1499: 4, 10: releasesSpared} {
		if got := bounded(all, bytes); len(got) != want || got[len(got)-1].Revision != "11" {
			t.Errorf("of %d bytes %d releases are kept, want %d", bytes, len(got), want)
		}
	}
}
