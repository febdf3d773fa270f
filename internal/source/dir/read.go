package dir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/perseid-dev/perseid/internal/source"
)

const (
	readers     = 3               // files read at once, so that slow disks overlap and memory stays bounded
	maxAttempts = 8               // readings of one file that keeps changing
	maxWait     = 2 * time.Second // after the start of reading, within which files that just changed are waited for
)

var (
	errChanging = errors.New("keeps changing while it is read; write it under another name and rename it")
	// ErrTooLarge is why a file is unread that has more than MaxFileSize bytes.
	ErrTooLarge  = fmt.Errorf("larger than the limit of %d MiB; split it", MaxFileSize>>20)
	errIrregular = errors.New("not a regular file; replace it by one, or remove it")
)

// reader reads the files of one listing.
type reader struct {
	root   *os.Root // nothing is opened outside of it, whatever links are made meanwhile
	bodies source.Bodies
	known  memory
	until  time.Time
}

func newReader(root *os.Root, o Options, known memory) *reader {
	return &reader{root: root, bodies: o.Bodies, known: known, until: time.Now().Add(maxWait)}
}

// outcome is what became of a found file.
type outcome struct {
	seen
	fresh bool // read now
	err   error
}

// read finds the digest of every file the walk found. Files whose bytes could not be read, or kept, are unread.
func (l *listing) read(ctx context.Context, r *reader) {
	outcomes := r.all(ctx, l.walk.found)
	l.known, l.files = make(memory, len(outcomes)), make([]source.File, 0, len(outcomes))
	err := r.sync(outcomes)
	for i, f := range l.walk.found {
		o := &outcomes[i]
		if o.fresh && o.err == nil {
			l.reads++
			o.err = r.kept(o.Digest, err)
		}
		if o.err != nil {
			l.unread = append(l.unread, source.Unread{Prefix: f.path, Reason: reason(o.err)})
			l.transient = l.transient || !errors.Is(o.err, ErrTooLarge) && !errors.Is(o.err, errIrregular)
			continue
		}
		l.known[f.path] = o.seen
		l.files = append(l.files, source.File{Path: f.path, Origin: filepath.Join(l.asGiven, f.path), Digest: o.Digest, Size: o.Print.Size})
	}
}

// all takes from memory what it can and shares the rest among a few goroutines, which end before it returns.
func (r *reader) all(ctx context.Context, files []found) []outcome {
	outcomes := make([]outcome, len(files))
	work := make(chan int)
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			for i := range work {
				outcomes[i] = r.file(ctx, files[i].real)
			}
		})
	}
	for i, f := range files {
		if was, ok := r.known[f.path]; ok && was.Print == f.print && r.bodies.Has(was.Digest) {
			outcomes[i].seen = was
			continue
		}
		work <- i
	}
	close(work)
	wg.Wait()
	return outcomes
}

// kept asks again after the sync, since that of another source may have failed and dropped what was put.
func (r *reader) kept(d source.Digest, synced error) error {
	switch {
	case synced != nil:
		return unkept{synced}
	case !r.bodies.Has(d):
		return errors.New("its content was not kept")
	}
	return nil
}

// unkept is the error of a file that can be read, and whose bytes cannot be kept in the database.
type unkept struct{ error }

// sync makes what was put durable, if anything was read.
func (r *reader) sync(outcomes []outcome) error {
	for i := range outcomes {
		if outcomes[i].fresh {
			return r.bodies.Sync()
		}
	}
	return nil
}

// file reads a file and keeps its bytes.
func (r *reader) file(ctx context.Context, real string) outcome {
	data, print, err := r.still(ctx, real, MaxFileSize, ErrTooLarge)
	if err != nil {
		return outcome{err: err}
	}
	return r.keep(data, print)
}

// still reads a file until it held still. One that is larger than limit bytes is tooLarge.
func (r *reader) still(ctx context.Context, real string, limit int64, tooLarge error) ([]byte, fingerprint, error) {
	for range maxAttempts {
		if ctx.Err() != nil {
			break
		}
		data, print, wait, err := r.attempt(real, limit, tooLarge)
		if err != nil || wait <= 0 {
			return data, print, err
		}
		if time.Now().Add(wait).After(r.until) {
			break
		}
		pause(ctx, wait)
	}
	return nil, fingerprint{}, errChanging
}

func (r *reader) keep(data []byte, print fingerprint) outcome {
	o := outcome{seen: seen{Print: print, Digest: source.DigestOf(data)}, fresh: true}
	if !r.bodies.Has(o.Digest) {
		if err := r.bodies.Put(o.Digest, data, false); err != nil {
			o.err = unkept{err}
		}
	}
	return o
}

// attempt reads a file once. A wait above zero says that it may have changed meanwhile, and when to try again.
func (r *reader) attempt(real string, limit int64, tooLarge error) (data []byte, print fingerprint, wait time.Duration, err error) {
	// Not to hang if a pipe takes the file's place, and to follow no link that does.
	f, err := r.root.OpenFile(real, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, print, 0, err
	}
	defer f.Close()
	before, err := fstat(f)
	if err != nil {
		return nil, print, 0, err
	}
	print = printOf(before)
	switch wait := print.wait(time.Now()); {
	case !isRegular(before):
		return nil, print, 0, errIrregular
	case before.Size > limit:
		return nil, print, 0, tooLarge
	case wait > 0:
		return nil, print, wait, nil
	}
	data, still, err := steady(f, print, readAll)
	if !still {
		wait = racy
	}
	return data, print, wait, err
}

// steady reads a file, and says whether it still was as print has it when that was done.
func steady(f *os.File, print fingerprint, read func(*os.File, int64) ([]byte, error)) (data []byte, still bool, err error) {
	if data, err = read(f, print.Size); err != nil {
		return nil, false, err
	}
	after, err := fstat(f)
	return data, err == nil && printOf(after) == print && int64(len(data)) == print.Size, err
}

// readAll reads one byte more than expected at most, which is enough to see that there is more.
func readAll(f *os.File, size int64) ([]byte, error) {
	data := make([]byte, size+1)
	n, err := io.ReadFull(f, data)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return data[:n], err
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
