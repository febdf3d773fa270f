package oci

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/objects"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/test/input"
	testregistry "github.com/perseid-dev/perseid/test/registry"
)

// BenchmarkPull is a poll that finds 10 000 new documents: verified, kept sealed, and synced.
func BenchmarkPull(b *testing.B) {
	r := start(b, &testregistry.Registry{})
	in := filepath.Join(b.TempDir(), "in")
	size, err := input.Write(in, "json", 10_000)
	if err != nil {
		b.Fatal(err)
	}
	layout, err := artifact.CreateLayout(filepath.Join(b.TempDir(), "layout"))
	if err != nil {
		b.Fatal(err)
	}
	image, err := artifact.Build(b.Context(), layout, artifact.Options{Directory: in})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := r.repo().Push(b.Context(), image, "v1"); err != nil {
		b.Fatal(err)
	}
	key, err := seal.NewKey(make([]byte, seal.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	for i := 0; b.Loop(); i++ {
		bodies, err := objects.Open(filepath.Join(b.TempDir(), fmt.Sprint(i)), key)
		if err != nil {
			b.Fatal(err)
		}
		o := r.options(":v1")
		o.Bodies = sealing{bodies}
		if s := r.poller(o).poll(b.Context(), false); len(s.Files) < 10_000 {
			b.Fatalf("%d files, unread %v", len(s.Files), s.Unread)
		}
		if err := bodies.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// sealing keeps every file as a secret, as the server does.
type sealing struct{ *objects.Store }

// Put implements source.Bodies.
func (s sealing) Put(d source.Digest, data []byte, _ bool) error { return s.Store.Put(d, data, true) }
