package node

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/perseid-dev/perseid/images/image"
	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
	memory "github.com/perseid-dev/perseid/test/registry"
)

// Images is the registry beside the node.
type Images struct {
	memory.Registry

	away    atomic.Bool
	server  *http.Server
	running sync.WaitGroup
}

// startImages serves the registry at the node's address, with the pause image in it.
func startImages(ctx context.Context) (*Images, error) {
	i := &Images{}
	l, err := net.Listen("tcp", Registry)
	if err != nil {
		return nil, err
	}
	i.server = &http.Server{Handler: i}
	i.running.Go(func() { _ = i.server.Serve(l) }) // ends with Close
	return i, i.pushPause(ctx)
}

// ServeHTTP answers as the registry, or breaks the connection while it is away.
func (i *Images) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if i.away.Load() {
		panic(http.ErrAbortHandler)
	}
	i.Registry.ServeHTTP(w, r)
}

// Away makes the registry answer nobody, or answer again.
func (i *Images) Away(away bool) { i.away.Store(away) }

// Close ends it.
func (i *Images) Close() {
	_ = i.server.Close() // tests are over
	i.running.Wait()
}

// Repository opens a repository of the registry, as a client.
func (i *Images) Repository(name string) (*registry.Repository, error) {
	ref, err := registry.ParseReference(Registry + "/" + name)
	if err != nil {
		return nil, err
	}
	return registry.Open(ref, registry.Options{PlainHTTP: true})
}

// PushImage makes an image of entries and pushes it.
func (i *Images) PushImage(ctx context.Context, name, tag string, run image.Run, entries ...image.Entry) error {
	dir, err := os.MkdirTemp("", "image-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l, err := artifact.CreateLayout(filepath.Join(dir, "layout"))
	if err != nil {
		return err
	}
	layer, err := image.Pack(ctx, l, name, entries)
	if err != nil {
		return err
	}
	d, err := image.Write(ctx, l, image.Spec{
		Platform: artifact.Platform{OS: "linux", Architecture: runtime.GOARCH}, Run: run, Created: time.Unix(0, 0), Layers: []image.Layer{layer},
	})
	if err != nil {
		return err
	}
	if _, err := image.WriteIndex(ctx, l, []artifact.Descriptor{d}, nil, tag); err != nil {
		return err
	}
	return i.PushLayout(ctx, l, name)
}

// PushLayout pushes all that a layout names.
func (i *Images) PushLayout(ctx context.Context, l *artifact.Layout, name string) error {
	repo, err := i.Repository(name)
	if err != nil {
		return err
	}
	return errors.Join(image.Push(ctx, l, repo), repo.Close())
}

// PushProducts pushes the images of this project, under the tag test.
func (i *Images) PushProducts(ctx context.Context) error {
	for _, name := range products {
		l, err := artifact.OpenLayout(built("images", name))
		if err != nil {
			return err
		}
		if err := errors.Join(i.PushLayout(ctx, l, name), l.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (i *Images) pushPause(ctx context.Context) error {
	data, err := os.ReadFile(built("pause"))
	if err != nil {
		return err
	}
	return i.PushImage(ctx, "pause", "3.10", image.Run{User: "65535:65535", Entrypoint: []string{"/pause"}}, image.Program("pause", data))
}
