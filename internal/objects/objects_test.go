package objects

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/source"
)

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir, testKey(t, 'k'))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func testKey(t testing.TB, b byte) *seal.Key {
	t.Helper()
	key, err := seal.NewKey(bytes.Repeat([]byte{b}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(t testing.TB, s *Store, content string, secret bool) source.Digest {
	t.Helper()
	d := source.DigestOf([]byte(content))
	must(t, s.Put(d, []byte(content), secret))
	return d
}

func check(t testing.TB, s *Store, content string) {
	t.Helper()
	got, err := s.Open(source.DigestOf([]byte(content)))
	if err != nil || string(got) != content {
		t.Errorf("Open: %.40q, %v; want %.40q", got, err, content)
	}
}

func missing(t testing.TB, s *Store, content string) {
	t.Helper()
	d := source.DigestOf([]byte(content))
	if _, err := s.Open(d); !errors.Is(err, fs.ErrNotExist) || s.Has(d) {
		t.Errorf("%.40q: Has %v, Open: %v; want it not to be kept", content, s.Has(d), err)
	}
}

// segments lists the files of a store.
func segments(t testing.TB, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	must(t, err)
	return paths
}

// raw is every byte the store has on disk.
func raw(t testing.TB, dir string) (all []byte) {
	t.Helper()
	for _, path := range segments(t, dir) {
		data, err := os.ReadFile(path)
		must(t, err)
		all = append(all, data...)
	}
	return all
}

func TestKeeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "objects")
	s := open(t, dir)
	contents := []string{"", "small", string(bytes.Repeat([]byte("panel "), 100_000))}
	for _, c := range contents {
		put(t, s, c, false)
		check(t, s, c) // before it is synced, too
	}
	must(t, s.Sync())
	must(t, s.Close())
	s = open(t, dir)
	for _, c := range contents {
		check(t, s, c)
		put(t, s, c, false)
	}
	missing(t, s, "never put")
	must(t, s.Sync())
	if got := segments(t, dir); len(got) != 1 {
		t.Errorf("putting what is there wrote a segment: %v", got)
	}
}

// What was not synced is lost by a crash, and nothing else is.
func TestCrashBeforeSync(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "synced", false)
	must(t, s.Sync())
	put(t, s, "not synced", false)
	again := open(t, dir)
	check(t, again, "synced")
	missing(t, again, "not synced")
	put(t, again, "later", false)
	must(t, again.Sync())
	check(t, again, "later")
}

// R33: what came from a place for secrets cannot be found on the disk, nor can its digest.
func TestSealed(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	const secret = "password: correct horse battery staple"
	d := put(t, s, secret, true)
	must(t, s.Sync())
	must(t, s.Close())
	if all := raw(t, dir); bytes.Contains(all, []byte("horse")) || bytes.Contains(all, d[:]) {
		t.Error("the secret or its digest is readable")
	}
	check(t, open(t, dir), secret)
	if _, err := Open(dir, testKey(t, 'x')); !errors.Is(err, ErrKey) {
		t.Errorf("with another key: %v", err)
	}
	if _, err := Open(dir, nil); !errors.Is(err, ErrKey) {
		t.Errorf("with no key: %v", err)
	}
	bare, err := Open(t.TempDir(), nil)
	must(t, err)
	if err := bare.Put(d, []byte(secret), true); err == nil {
		t.Error("a secret was kept without a key")
	}
}

// R33: content that turns out to be secret is sealed, and its plain copy goes.
func TestSealedLater(t *testing.T) {
	const secret = "password: correct horse battery staple"
	for name, between := range map[string]func(s *Store) error{
		"after a sync": (*Store).Sync, "in one batch": func(*Store) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			d := put(t, s, secret, false)
			put(t, s, string(bytes.Repeat([]byte("large and not secret "), 50_000)), false)
			must(t, between(s))
			put(t, s, secret, true)
			put(t, s, secret, false)
			must(t, s.Sync())
			if all := raw(t, dir); bytes.Contains(all, []byte("horse")) || bytes.Contains(all, d[:]) {
				t.Error("the plain copy is still there")
			}
			check(t, s, secret)
			must(t, s.Close())
			check(t, open(t, dir), secret)
		})
	}
}

// The number of segments stays small, however many syncs there are.
func TestSegmentsAreMerged(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	const n = 300
	for i := range n {
		put(t, s, fmt.Sprintf("document %d", i), false)
		must(t, s.Sync())
	}
	if got := len(segments(t, dir)); got > 12 {
		t.Errorf("%d segments after %d syncs", got, n)
	}
	must(t, s.Close())
	s = open(t, dir)
	for i := range n {
		check(t, s, fmt.Sprintf("document %d", i))
	}
}

// A segment is closed when it is full, whether or not anybody syncs.
func TestFullSegmentIsClosed(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	random, contents := rand.NewChaCha8([32]byte{}), make([][]byte, 3)
	for i := range contents {
		contents[i] = make([]byte, 30<<20)
		_, _ = random.Read(contents[i])
		must(t, s.Put(source.DigestOf(contents[i]), contents[i], false))
	}
	if got := segments(t, dir); len(got) != 1 {
		t.Fatalf("before the sync there are %d segments, want 1", len(got))
	}
	must(t, s.Sync())
	must(t, s.Close())
	s = open(t, dir)
	for _, want := range contents {
		if got, err := s.Open(source.DigestOf(want)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("content of %d bytes, %v", len(got), err)
		}
	}
	for _, path := range segments(t, dir) {
		if info, err := os.Stat(path); err != nil || info.Size() > maxSegment+maxStored {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
}

func TestConcurrent(t *testing.T) {
	s := open(t, t.TempDir())
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 50 {
				c := fmt.Sprintf("document %d", i*(g%2+1))
				if err := s.Put(source.DigestOf([]byte(c)), []byte(c), g == 3); err != nil {
					t.Error(err)
				}
				check(t, s, c)
				if err := s.Sync(); err != nil {
					t.Error(err)
				}
				check(t, s, c)
			}
		})
	}
	wg.Wait()
}

func TestLimits(t *testing.T) {
	s := open(t, t.TempDir())
	large := make([]byte, MaxContent+1)
	if err := s.Put(source.DigestOf(large), large, false); err == nil {
		t.Error("content larger than the limit was kept")
	}
	put(t, s, string(large[:MaxContent]), true)
	must(t, s.Sync())
	check(t, s, string(large[:MaxContent]))
	must(t, s.Close())
	must(t, s.Close())
	if err := s.Sync(); !errors.Is(err, ErrClosed) {
		t.Errorf("Sync after Close: %v", err)
	}
	if err := s.Put(source.DigestOf(nil), nil, false); !errors.Is(err, ErrClosed) {
		t.Errorf("Put after Close: %v", err)
	}
	missing(t, s, "anything")
}
