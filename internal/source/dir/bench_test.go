package dir

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/pace"
	"github.com/perseid-dev/perseid/internal/source"
)

const benchFiles = 10_000

func benchTree(b *testing.B) string {
	root := b.TempDir()
	body := strings.Repeat("panel: something\n", 60)
	for i := range benchFiles {
		write(b, root, fmt.Sprintf("team-%02d/%05d.yaml", i%100, i), fmt.Sprintf("# %d\n%s", i, body))
	}
	return root
}

// BenchmarkUnchanged is a listing of 10 000 files that all have their fingerprints.
func BenchmarkUnchanged(b *testing.B) {
	root, bodies := benchTree(b), newBodies(b)
	o := New(Options{Root: root, Bodies: bodies}).o
	known := list(context.Background(), o, memory{}).known
	b.ReportAllocs()
	for b.Loop() {
		if l := list(context.Background(), o, known); len(l.files) != benchFiles || !l.stands() {
			b.Fatalf("%d files, unread %v", len(l.files), l.unread)
		} else {
			l.snapshot(o)
		}
	}
}

// BenchmarkIndexed is the same with an index of them all.
func BenchmarkIndexed(b *testing.B) {
	root, bodies := benchTree(b), newBodies(b)
	o := New(Options{Root: root, Bodies: bodies}).o
	first := list(context.Background(), o, memory{})
	x := source.Index{Complete: true}
	for _, f := range first.files {
		x.Files = append(x.Files, source.IndexFile{Path: f.Path, Digest: f.Digest, Size: f.Size, Kinds: []string{"Dashboard"}})
	}
	writeIndex(b, root, x)
	for b.Loop() {
		l := list(context.Background(), o, first.known)
		if l.vouch(o, true); len(l.files) != benchFiles || !l.complete() {
			b.Fatalf("%d files, unread %v", len(l.files), l.unread)
		}
		l.snapshot(o)
	}
}

// BenchmarkFirst is a listing that reads and keeps 10 000 files.
func BenchmarkFirst(b *testing.B) {
	root := benchTree(b)
	for b.Loop() {
		l := list(context.Background(), New(Options{Root: root, Bodies: newBodies(b)}).o, memory{})
		if len(l.files) != benchFiles {
			b.Fatalf("%d files, unread %v", len(l.files), l.unread)
		}
	}
}

// BenchmarkMemory saves and loads 10 000 fingerprints.
func BenchmarkMemory(b *testing.B) {
	o := New(Options{Root: benchTree(b), Bodies: newBodies(b), Memory: &text{}}).o
	known := list(context.Background(), o, memory{}).known
	for b.Loop() {
		if err := (stored{Version: memoryVersion, Root: o.Root, Files: known}).save(o.Memory); err != nil {
			b.Fatal(err)
		}
		if got := recall(o).Files; len(got) != benchFiles {
			b.Fatalf("%d fingerprints", len(got))
		}
	}
	b.ReportMetric(float64(len(o.Memory.(*text).data)), "bytes")
}

// BenchmarkReaction is the time from a write to its snapshot, among 10 000 files, after a calm second.
func BenchmarkReaction(b *testing.B) {
	root, bodies := benchTree(b), newBodies(b)
	_, got := start(b, Options{Root: root, Bodies: bodies, Watch: true, Memory: &text{}})
	last := <-got
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		for quiet := time.After(pace.Calm + pace.Last); quiet != nil; {
			select {
			case last = <-got:
			case <-quiet:
				quiet = nil
			}
		}
		b.StartTimer()
		write(b, root, "one.yaml", fmt.Sprint(i))
		until(b, got, "the write", func(s *source.Snapshot) bool { return s.Revision != last.Revision })
	}
}
