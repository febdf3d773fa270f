package objects

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"testing"

	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/test/fault"
)

// Whatever step goes wrong, in whatever way: what was durable is, in the living store and in the next one, and what was put is there whole
// or not at all; and the store takes more as soon as the disk does.
func TestEachStepGoesWrong(t *testing.T) {
	old := []string{"old 1", "old 2", "to be secret"}
	for name, write := range map[string]func(*Store) error{
		"put": func(s *Store) error {
			return errors.Join(s.Put(source.DigestOf([]byte("new")), []byte("new"), false), s.Sync())
		},
		"seal": func(s *Store) error {
			return errors.Join(s.Put(source.DigestOf([]byte("to be secret")), []byte("to be secret"), true), s.Sync())
		},
		"compact": func(s *Store) error {
			s.age()
			return s.Retain(func(d source.Digest) bool { return d != source.DigestOf([]byte(dead)) })
		},
		"close": func(s *Store) error {
			return errors.Join(s.Put(source.DigestOf([]byte("new")), []byte("new"), false), s.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Each(t, func(f *fault.Disk) {
				dir := fault.Dir(t)
				fill(t, dir, old)
				s, err := OpenOn(f.Ask, dir, testKey(t, 'k'))
				must(t, err)
				f.Arm()
				err = write(s)
				if f.Reached() && name != "close" {
					wholeAgain(t, s, f, old, nil)
				}
				if f.Way < fault.Dies && name != "close" {
					f.Rest()
					must(t, write(s))
					wholeAgain(t, s, f, old, nil)
					err = nil
				}
				_ = s.Close()
				again := open(t, dir)
				wholeAgain(t, again, f, old, err)
				put(t, again, "more", false)
				must(t, again.Sync())
				check(t, again, "more")
			})
		})
	}
}

// dead is larger than the others together, so that its segment is rewritten once it is forgotten.
var dead = func() string {
	noise := make([]byte, 4096)
	rand.NewChaCha8([32]byte{}).Read(noise)
	return string(noise)
}()

func fill(t *testing.T, dir string, old []string) {
	t.Helper()
	s := open(t, dir)
	for _, content := range append(old, dead) {
		put(t, s, content, false)
	}
	must(t, s.Close())
}

// age makes everything old enough to be forgotten.
func (s *Store) age() {
	for _, e := range s.index {
		e.used.Store(0)
	}
}

func wholeAgain(t *testing.T, s *Store, f *fault.Disk, old []string, err error) {
	t.Helper()
	for _, content := range old {
		if got, err := s.Open(source.DigestOf([]byte(content))); string(got) != content {
			t.Errorf("%s: %q is lost: %v", f, content, err)
		}
	}
	got, openErr := s.Open(source.DigestOf([]byte("new")))
	if string(got) != "new" && !errors.Is(openErr, fs.ErrNotExist) {
		t.Errorf("%s: error %v, and what was put is %q, %v", f, err, got, openErr)
	}
}
