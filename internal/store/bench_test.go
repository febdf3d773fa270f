package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/resource"
)

// large is a dashboard of about 20 kB.
func large(tb testing.TB, name, title string) *resource.Resource {
	var panels []string
	for i := range 20 {
		panels = append(panels, fmt.Sprintf(`"panel%d":{"kind":"Panel","spec":{"display":{"name":"p","description":%q},"plugin":{"kind":"Markdown","spec":{"text":%q}}}}`,
			i, strings.Repeat("a description ", 20), strings.Repeat("some text ", 60)))
	}
	return decodeBody(tb, "Dashboard", fmt.Sprintf(`{"kind":"Dashboard","metadata":{"name":%q,"project":"p"},"spec":{"display":{"name":%q},"panels":{%s},"layouts":[],"duration":"1h"}}`,
		name, title, strings.Join(panels, ",")))
}

// largeCommit puts n documents of 20 kB, all of one content but for their names.
func largeCommit(tb testing.TB, n int, title string) Transaction {
	r := large(tb, "any", title)
	tr := Transaction{}
	for i := range n {
		tr.Puts = append(tr.Puts, Put{ID: dash("p", fmt.Sprintf("dash-%05d", i)), Load: load(r), Mark: []byte(strings.Repeat("m", 300))})
	}
	return tr
}

func benchStore(b *testing.B, n int, extension string) *Store {
	o := options(b, b.TempDir())
	o.Extension = extension
	s := openDir(b, o)
	if _, err := s.Commit(largeCommit(b, n, "t")); err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkCommit1000(b *testing.B) {
	for _, extension := range []string{"json", "yaml"} {
		b.Run(extension, func(b *testing.B) {
			s := benchStore(b, 1000, extension)
			for n := 0; b.Loop(); n++ {
				if _, err := s.Commit(largeCommit(b, 1000, fmt.Sprint(n))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkUpdate(b *testing.B) {
	s := benchStore(b, 1000, "json")
	r := large(b, "dash-00500", "other")
	for b.Loop() {
		if _, err := s.Update(r, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkList1000(b *testing.B) {
	s := benchStore(b, 1000, "json")
	makeOld(b, s)
	for b.Loop() {
		l, err := s.List("Dashboard", "p", "")
		if err != nil || len(l.Entries) != 1000 {
			b.Fatal(err, len(l.Entries))
		}
		l.Close()
	}
}

func BenchmarkGet(b *testing.B) {
	s := benchStore(b, 1000, "json")
	makeOld(b, s)
	for b.Loop() {
		if _, err := s.Get(dash("p", "dash-00500")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBody(b *testing.B) {
	for _, extension := range []string{"json", "yaml"} {
		b.Run(extension, func(b *testing.B) {
			s := benchStore(b, 10, extension)
			s.cache = newCache(0)
			e := s.view.Load().get(dash("p", "dash-00005"))
			for b.Loop() {
				if _, err := s.Body(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpen10000(b *testing.B) {
	s := benchStore(b, 10000, "json")
	makeOld(b, s)
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	o := options(b, s.root)
	for b.Loop() {
		again := openDir(b, o)
		if n := again.decodes.Load(); n != 0 {
			b.Fatalf("%d decoded", n)
		}
		b.StopTimer()
		if err := again.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

func BenchmarkAll10000(b *testing.B) {
	s := benchStore(b, 10000, "json")
	makeOld(b, s)
	for b.Loop() {
		if _, err := s.All(); err != nil {
			b.Fatal(err)
		}
	}
}
