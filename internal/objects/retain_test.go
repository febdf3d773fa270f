package objects

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/source"
)

// none keeps nothing.
func none(source.Digest) bool { return false }

// reopen makes a store forget what was touched lately, as a restart does.
func reopen(t *testing.T, s *Store) *Store {
	t.Helper()
	must(t, s.Close())
	return open(t, s.dir)
}

func TestRetain(t *testing.T) {
	s := open(t, t.TempDir())
	keep := map[source.Digest]bool{}
	for i := range 10 {
		d := put(t, s, fmt.Sprintf("document %d", i), i == 3)
		keep[d] = i < 4
	}
	must(t, s.Sync())
	s = reopen(t, s)
	before := len(raw(t, s.dir))
	must(t, s.Retain(func(d source.Digest) bool { return keep[d] }))
	if after := len(raw(t, s.dir)); after > before/2 {
		t.Errorf("%d bytes of %d are left", after, before)
	}
	s = reopen(t, s)
	for i := range 10 {
		if c := fmt.Sprintf("document %d", i); i < 4 {
			check(t, s, c)
		} else {
			missing(t, s, c)
		}
	}
	must(t, s.Retain(none))
	if left := segments(t, s.dir); len(left) != 0 {
		t.Errorf("nothing is wanted, but there are %v", left)
	}
}

// Content that was just put, or asked for, outlives a Retain that does not want it yet.
func TestGrace(t *testing.T) {
	s := open(t, t.TempDir())
	put(t, s, "asked for", false)
	put(t, s, "old", false)
	must(t, s.Sync())
	s = reopen(t, s)
	put(t, s, "just put", false)
	if !s.Has(source.DigestOf([]byte("asked for"))) {
		t.Error("it is not there")
	}
	must(t, s.Retain(none))
	check(t, s, "just put")
	check(t, s, "asked for")
	missing(t, s, "old")
}

// A compaction that crashed after the new segment and before the old ones went leaves two copies; the next one clears up.
func TestCompactionCrashed(t *testing.T) {
	s := open(t, t.TempDir())
	for i := range 10 {
		put(t, s, fmt.Sprintf("document %d", i), false)
	}
	must(t, s.Sync())
	s = reopen(t, s)
	old := segments(t, s.dir)[0]
	data, err := os.ReadFile(old)
	must(t, err)
	wanted := source.DigestOf([]byte("document 1"))
	must(t, s.Retain(func(d source.Digest) bool { return d == wanted }))
	must(t, os.WriteFile(old, data, 0o600)) // as if it had not been removed
	s = reopen(t, s)
	check(t, s, "document 1")
	must(t, s.Retain(func(d source.Digest) bool { return d == wanted }))
	check(t, s, "document 1")
	if left := segments(t, s.dir); len(left) != 1 || left[0] == old {
		t.Errorf("segments: %v", left)
	}
}

func benchContents(n int) [][]byte {
	contents := make([][]byte, n)
	for i := range contents {
		contents[i] = []byte(fmt.Sprintf("# %d\n%s", i, strings.Repeat("kind: Dashboard, panel: something\n", 100)))
	}
	return contents
}

// BenchmarkOpen opens a store of 10 000 contents.
func BenchmarkOpen(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "objects")
	s := open(b, dir)
	for _, c := range benchContents(10_000) {
		must(b, s.Put(source.DigestOf(c), c, false))
	}
	must(b, s.Close())
	for b.Loop() {
		s, err := Open(dir, testKey(b, 'k'))
		must(b, err)
		must(b, s.Close())
	}
}

// BenchmarkPut puts and syncs 10 000 contents of 3.4 kB.
func BenchmarkPut(b *testing.B) {
	contents := benchContents(10_000)
	for b.Loop() {
		s := open(b, b.TempDir())
		for _, c := range contents {
			must(b, s.Put(source.DigestOf(c), c, false))
		}
		must(b, s.Close())
	}
}

// BenchmarkPutOne puts and syncs one content, into a store of many.
func BenchmarkPutOne(b *testing.B) {
	s := open(b, b.TempDir())
	for _, c := range benchContents(10_000) {
		must(b, s.Put(source.DigestOf(c), c, false))
	}
	must(b, s.Sync())
	i := 0
	for b.Loop() {
		c := fmt.Appendf(nil, "one more: %d", i)
		i++
		must(b, s.Put(source.DigestOf(c), c, false))
		must(b, s.Sync())
	}
}
