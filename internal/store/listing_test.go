package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Every list sees one transaction whole, with the bodies that go with its entries, while transactions follow each other.
func TestListingsUnderCommits(t *testing.T) {
	o := options(t, t.TempDir())
	o.CacheBytes = 1 // bodies come from the disk
	s := openDir(t, o)
	const documents, rounds = 20, 25
	if _, err := s.Commit(manyPuts(t, documents, "round 0")); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for running := true; running; {
				select {
				case <-stop:
					running = false
				default:
				}
				if err := oneRound(s, documents); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for round := 1; round <= rounds; round++ {
		if _, err := s.Commit(manyPuts(t, documents, fmt.Sprint("round ", round))); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	readers.Wait()
}

func oneRound(s *Store, documents int) error {
	l, err := s.List("Dashboard", "", "")
	if err != nil {
		return err
	}
	defer l.Close()
	seen := map[string]bool{}
	for _, e := range l.Entries {
		body, err := l.Body(e)
		if err != nil {
			return err
		}
		if etag(body) != e.ETag {
			return fmt.Errorf("%s: body and ETag differ", e.ID)
		}
		_, after, _ := strings.Cut(string(body), "round ")
		seen[after[:strings.IndexByte(after, '"')]] = true
	}
	if len(l.Entries) != documents || len(seen) != 1 {
		return fmt.Errorf("%d entries of rounds %v", len(l.Entries), seen)
	}
	e, err := s.Get(dash("p", "0"))
	if err != nil {
		return err
	}
	_, err = s.Body(e) // whatever was committed in between
	return err
}

func TestBodiesOutliveReplacementAndRemoval(t *testing.T) {
	for _, extension := range []string{"json", "yaml"} {
		o := options(t, t.TempDir())
		o.Extension, o.CacheBytes = extension, 1
		s := openDir(t, o)
		create(t, s, dashboard(t, "p", "a", "old a"))
		create(t, s, dashboard(t, "p", "b", "old b"))
		l, err := s.List("Dashboard", "p", "")
		if err != nil {
			t.Fatal(err)
		}
		update(t, s, dashboard(t, "p", "a", "new"))
		update(t, s, dashboard(t, "p", "a", "newer"))
		if err := s.Delete(dash("p", "b"), nil); err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"old a", "old b"} {
			got, err := l.Body(l.Entries[i])
			if err != nil || !strings.Contains(string(got), want) || etag(got) != l.Entries[i].ETag {
				t.Errorf("%s: body %s, %v", extension, got, err)
			}
		}
		l.Close()
		l.Close()
		if len(s.listings.open) != 0 {
			t.Error("a closed listing is kept")
		}
	}
}

func TestBodyOfWhatOthersReplaced(t *testing.T) {
	o := options(t, t.TempDir())
	o.CacheBytes = 1
	s := openDir(t, o)
	e := create(t, s, dashboard(t, "p", "d", "ours"))
	writeFile(t, s.path(e.ID), foreign("theirs"))
	if _, err := s.Body(e); !errors.Is(err, ErrReplaced) || problem.ClassOf(err) != problem.Unavailable {
		t.Errorf("error %v", err)
	}
}

func TestListScopes(t *testing.T) {
	s := openDir(t, options(t, t.TempDir()))
	for _, id := range []resource.ID{dash("p", "cpu"), dash("p", "cpu.load"), dash("p", "mem"), dash("q", "cpu"), dash("p2", "x")} {
		create(t, s, dashboard(t, id.Project, id.Name, "x"))
	}
	create(t, s, project(t, "p"))
	for _, c := range []struct{ kind, project, prefix, want string }{
		{"Dashboard", "", "", "p/cpu p/cpu.load p/mem p2/x q/cpu"},
		{"Dashboard", "p", "", "p/cpu p/cpu.load p/mem"},
		{"dashboard", "P", "CPU.", "p/cpu.load"},
		{"Dashboard", "", "cpu", "p/cpu p/cpu.load q/cpu"},
		{"Dashboard", "none", "", ""},
		{"Dashboard", "../dashboards/p", "", ""},
		{"Project", "", "", "p"},
		{"Folder", "", "", ""},
	} {
		if got := strings.Join(names(t, s, c.kind, c.project, c.prefix), " "); got != c.want {
			t.Errorf("list %s %q %q: %q, want %q", c.kind, c.project, c.prefix, got, c.want)
		}
	}
	if _, err := s.List("Nonsense", "", ""); problem.ClassOf(err) != problem.Invalid {
		t.Errorf("unknown kind: %v", err)
	}
}

func TestCacheStaysInItsBounds(t *testing.T) {
	c := newCache(10)
	c.put("a", []byte("aaaa"))
	c.put("b", []byte("bbbb"))
	c.get("a")
	c.put("c", []byte("cccc"))
	c.put("huge", make([]byte, 11))
	for etag, want := range map[string]bool{"a": true, "b": false, "c": true, "huge": false} {
		if _, got := c.get(etag); got != want {
			t.Errorf("%s cached: %v, want %v", etag, got, want)
		}
	}
	if c.size != 8 {
		t.Errorf("size %d", c.size)
	}
}
