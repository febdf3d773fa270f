package objects

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/perseid-dev/perseid/internal/source"
)

var sample = []string{"first document", "second document", "a secret", strings.Repeat("long ", 300)}

// sampleSegment is the bytes of a segment that holds the sample, and where each record ends.
func sampleSegment(t testing.TB) (data []byte, ends []int64) {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir)
	for _, c := range sample {
		put(t, s, c, c == "a secret")
		ends = append(ends, s.staged.end)
	}
	must(t, s.Sync())
	must(t, s.Close())
	return raw(t, dir), ends
}

// A segment cut at any byte gives every record that is whole, and no other.
func TestTruncated(t *testing.T) {
	data, ends := sampleSegment(t)
	for n := range len(data) {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "00000001.seg"), data[:n], 0o600))
		s := open(t, dir)
		for i, c := range sample {
			if int64(n) >= ends[i] {
				check(t, s, c)
			} else {
				missing(t, s, c)
			}
		}
		put(t, s, "new", false)
		must(t, s.Sync())
		check(t, s, "new")
		must(t, s.Close())
	}
}

// A segment with any byte changed gives right content or none.
func TestFlipped(t *testing.T) {
	data, _ := sampleSegment(t)
	for n := range data {
		dir := t.TempDir()
		bad := append([]byte(nil), data...)
		bad[n] ^= 0x41
		must(t, os.WriteFile(filepath.Join(dir, "00000001.seg"), bad, 0o600))
		s, err := Open(dir, testKey(t, 'k'))
		if err != nil {
			if n < len(segmentMagic) && errors.Is(err, errNotSegment) {
				continue
			}
			t.Fatalf("byte %d: %v", n, err)
		}
		for _, c := range sample {
			d := source.DigestOf([]byte(c))
			if got, err := s.Open(d); err == nil && string(got) != c {
				t.Errorf("byte %d: wrong content %q", n, got)
			} else if err != nil && s.Has(d) {
				t.Errorf("byte %d: what cannot be opened (%v) is still kept, so nobody puts it again", n, err)
			}
		}
		must(t, s.Close())
	}
}

// Damage is named, and healed by putting the content again.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	d := put(t, s, "content", false)
	must(t, s.Sync())
	must(t, s.Close())
	path := segments(t, dir)[0]
	data, err := os.ReadFile(path)
	must(t, err)
	data[len(segmentMagic)+headSize+len(d)+3] ^= 1 // in the payload
	must(t, os.WriteFile(path, data, 0o600))
	s = open(t, dir)
	if _, err := s.Open(d); !errors.Is(err, ErrDamaged) {
		t.Errorf("Open: %v", err)
	}
	put(t, s, "content", false)
	must(t, s.Sync())
	check(t, s, "content")
}

// A full disk is named; what was kept before stays, and writing goes on when there is room.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "old", false)
	must(t, s.Sync())
	staged := filepath.Join(dir, stagedName)
	must(t, os.Symlink("/dev/full", staged))
	content := []byte("new")
	if err := s.Put(source.DigestOf(content), content, false); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Put: %v", err)
	}
	missing(t, s, "new")
	check(t, s, "old")
	must(t, os.Remove(staged))
	put(t, s, "new", false)
	must(t, s.Sync())
	check(t, s, "new")
	check(t, s, "old")
}

// A Sync that fails drops what was put, says so, and leaves the rest as it was, plain content that was to be sealed included.
func TestSyncFails(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "old", false)
	must(t, s.Sync())
	blocked := filepath.Join(dir, "00000002.seg")
	must(t, os.MkdirAll(filepath.Join(blocked, "x"), 0o755))
	put(t, s, "new", false)
	put(t, s, "old", true)
	if err := s.Sync(); err == nil {
		t.Error("Sync into a blocked name succeeded")
	}
	missing(t, s, "new")
	check(t, s, "old")
	if _, err := os.Stat(filepath.Join(dir, stagedName)); !os.IsNotExist(err) {
		t.Errorf("the staged file: %v", err)
	}
	must(t, os.RemoveAll(blocked))
	put(t, s, "new", false)
	must(t, s.Sync())
	check(t, s, "new")
	must(t, s.Close())
	check(t, open(t, dir), "old")
}

// FuzzSegment opens a directory with an arbitrary segment: no panic, and no content that does not match its digest.
func FuzzSegment(f *testing.F) {
	data, ends := sampleSegment(f)
	f.Add(data)
	f.Add(data[:ends[1]+5])
	f.Add([]byte(segmentMagic))
	f.Add([]byte(segmentMagic + "\x00\x00\x00\x00\x00\x00\x00\x00" + trailerMagic))
	key := testKey(f, 'k')
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "00000001.seg"), data, 0o600))
		s, err := Open(dir, key)
		if err != nil {
			return
		}
		for d := range s.index {
			if got, err := s.Open(d); err == nil && source.DigestOf(got) != d {
				t.Errorf("content does not match %s", d)
			}
		}
		must(t, s.Retain(func(source.Digest) bool { return true }))
		must(t, s.Close())
	})
}
