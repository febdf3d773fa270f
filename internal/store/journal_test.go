package store

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A journal cut at any byte is whole up to its last whole record.
func TestJournalCutAnywhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), journalFile)
	j, _, _, err := openJournal(nil, path)
	if err != nil {
		t.Fatal(err)
	}
	var ends []int64
	for g := range uint64(3) {
		if err := j.append(&record{Generation: g + 1, Marks: []Mark{{ID: dash("p", "d"), Mark: []byte("m")}}}); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, j.size)
	}
	data := []byte(readText(t, path))
	for n := range data {
		writeFile(t, path, string(data[:n]))
		want := 0
		for _, end := range ends {
			if int64(n) >= end {
				want++
			}
		}
		cut, records, _, err := openJournal(nil, path)
		if err != nil || len(records) != want {
			t.Fatalf("cut at %d: %d records, want %d; %v", n, len(records), want, err)
		}
		if err := cut.append(&record{Generation: 9}); err != nil {
			t.Fatal(err)
		}
		cut.close()
		_, records, _, err = openJournal(nil, path)
		if err != nil || len(records) != want+1 || records[want].Generation != 9 {
			t.Fatalf("cut at %d, then appended: %d records, %v", n, len(records), err)
		}
	}
}

// R21: a store whose journal was cut at any byte of a transaction has all of it or nothing, document and mark alike.
func TestTransactionCutAnywhere(t *testing.T) {
	o, lens := options(t, t.TempDir()), &lens{}
	o.Disk = lens.disk
	s := openDir(t, o)
	frames := lens.film(t, s, func() {
		if _, err := s.Commit(manyPuts(t, 1, "new")); err != nil {
			t.Fatal(err)
		}
	})
	recorded := recorded(t, frames)
	data := readText(t, filepath.Join(recorded, stateDir, journalFile))
	every := 1 + len(data)/30
	if *everyByte {
		every = 1
	}
	for n := len(data); n >= 0; n -= every {
		o.Dir = t.TempDir()
		copyTree(t, recorded, o.Dir)
		if err := os.Truncate(filepath.Join(o.Dir, stateDir, journalFile), int64(n)); err != nil {
			t.Fatal(err)
		}
		again := openDir(t, o)
		whole := n == len(data)
		if again.Has(dash("p", "0")) != whole {
			t.Errorf("cut at %d of %d: there %v", n, len(data), !whole)
		}
		wantMarks(t, again, whole)
		closeStore(t, again)
	}
}

// everyByte is set by make crash.
var everyByte = flag.Bool("store.every", false, "cut a journal at every byte, rather than at some")

func FuzzJournal(f *testing.F) {
	path := filepath.Join(f.TempDir(), journalFile)
	j, _, _, err := openJournal(nil, path)
	if err != nil {
		f.Fatal(err)
	}
	if err := j.append(&record{Generation: 7, Deletes: []deleteRecord{{ID: dash("p", "d"), Before: digest{1}}}}); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(readText(f, path)))
	f.Add([]byte{2, 0, 0, 0, 1, 2, 3, 4, '{', '}'})
	f.Fuzz(func(t *testing.T, data []byte) {
		records, whole := readRecords(data)
		if whole < len(records)*frameHeader || whole > len(data) {
			t.Fatalf("%d records in %d of %d bytes", len(records), whole, len(data))
		}
		again, n := readRecords(data[:whole])
		if n != whole || !cmp.Equal(again, records) {
			t.Fatal("the whole part reads differently")
		}
	})
}

func FuzzIndex(f *testing.F) {
	x := &index{header: header{Form: canonicalForm, Extension: "yaml"}, entries: edit{dash("p", "d"): {ID: dash("p", "d"), Mark: []byte("m"), live: &live{}}}}
	data, err := x.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := decodeIndex(data)
		if err == nil && len(x.entries) != x.Entries {
			t.Fatalf("%d entries, %d announced", len(x.entries), x.Entries)
		}
	})
}
