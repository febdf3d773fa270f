package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"syscall"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// How much is read ahead of what is packed.
const (
	maxReaders = 8
	ahead      = 64       // files
	aheadBytes = 24 << 20 // bytes, and more than one file may have
)

// read is one file on its way from the disk into the tar.
type read struct {
	found
	data  []byte
	entry source.IndexFile
	err   error
	done  chan struct{} // closed once the rest is known
}

// pipeline reads the files of a listing with several goroutines and hands them over in order.
type pipeline struct {
	l      *listing
	check  func(source.File, []byte)
	budget *budget
}

// run calls pack for each file, in order, from the caller's goroutine. All goroutines have ended when it returns.
func (p *pipeline) run(ctx context.Context, pack func(*read) error) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	p.budget = newBudget(aheadBytes)
	queue, work := make(chan *read, ahead), make(chan *read)
	wg.Go(func() {
		defer close(queue)
		defer close(work)
		for _, f := range p.l.files {
			r := &read{found: f, done: make(chan struct{})}
			if !p.budget.take(ctx, f.size) || !send(ctx, queue, r) || !send(ctx, work, r) {
				return
			}
		}
	})
	for range min(maxReaders, 2*runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for r := range work {
				p.read(r)
				close(r.done)
			}
		})
	}
	for r := range queue {
		select {
		case <-r.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if r.err != nil {
			return fmt.Errorf("read %s: %w", r.path, r.err)
		}
		if err := pack(r); err != nil {
			return err
		}
		r.data = nil
		p.budget.give(r.size)
	}
	return ctx.Err()
}

func send(ctx context.Context, to chan<- *read, r *read) bool {
	select {
	case to <- r:
		return true
	case <-ctx.Done():
		return false
	}
}

// read reads a file and finds out what the index says of it.
func (p *pipeline) read(r *read) {
	// Not to wait if a pipe has taken the file's place.
	f, err := p.l.root.OpenFile(r.path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		r.err = cause(err)
		return
	}
	defer f.Close()
	if r.err = r.content(f); r.err != nil {
		return
	}
	format, _ := resource.FormatOf(r.path)
	r.entry = source.IndexFile{Path: r.path, Digest: source.DigestOf(r.data), Size: int64(len(r.data)), Kinds: resource.KindsOf(r.data, format)}
	if p.check != nil {
		p.check(source.File{Path: r.path, Origin: r.path, Digest: r.entry.Digest, Size: r.entry.Size}, r.data)
	}
}

// content reads exactly what was listed.
func (r *read) content(f *os.File) error {
	r.data = make([]byte, r.size)
	n, err := io.ReadFull(f, r.data)
	if extra, _ := f.Read(make([]byte, 1)); err != nil || n != len(r.data) || extra > 0 {
		return errors.New("it changed while it was read; build from files that hold still")
	}
	return nil
}

func cause(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
