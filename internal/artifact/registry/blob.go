package registry

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
)

// stalled is how long a blob may bring no byte before its connection counts as broken.
const stalled = 60 * time.Second

var errStalled = errors.New("the registry sends nothing any more")

// blob reads one blob over as many connections as it takes. After a broken one it reads again from the start and passes over what
// it has handed out; whoever reads verifies the digest of the whole, so nothing need be trusted to be as it was.
type blob struct {
	ctx   context.Context
	repo  *Repository
	d     artifact.Descriptor
	body  io.ReadCloser
	stop  context.CancelCauseFunc
	timer *time.Timer
	done  int64
	tries int
}

func (b *blob) open() error {
	ctx, stop := context.WithCancelCause(b.ctx)
	body, err := b.repo.repo.Fetch(ctx, toOCI(b.d))
	if err != nil {
		stop(nil)
		return err
	}
	b.body, b.stop = body, stop
	b.timer = time.AfterFunc(stalled, func() { stop(errStalled) })
	return nil
}

// Read implements io.Reader.
func (b *blob) Read(p []byte) (int, error) {
	for {
		n, err := b.read(p)
		if b.done += int64(n); n > 0 && b.repo.o.Progress != nil {
			b.repo.o.Progress(b.d, b.done)
		}
		switch {
		case b.done > b.d.Size:
			return 0, fmt.Errorf("%s is larger than the %d bytes it should be", b.d.Digest, b.d.Size)
		case err == io.EOF && b.done < b.d.Size:
			err = io.ErrUnexpectedEOF
		}
		if n > 0 || err == nil || err == io.EOF {
			if err != io.EOF {
				err = nil // it comes again if it is to stay
			}
			return n, err
		}
		if err := b.again(err); err != nil {
			return 0, b.repo.explain("read", b.d.Digest.String(), err)
		}
	}
}

func (b *blob) read(p []byte) (int, error) {
	if b.body == nil {
		return 0, io.ErrClosedPipe
	}
	b.timer.Reset(stalled)
	n, err := b.body.Read(p)
	b.timer.Stop()
	return n, err
}

// again opens the blob once more after a cause that may pass, and passes over what was handed out.
func (b *blob) again(cause error) error {
	for {
		if b.ctx.Err() != nil {
			return context.Cause(b.ctx)
		}
		if b.tries++; b.tries >= maxTries || !broken(cause) && !errors.Is(cause, context.Canceled) {
			return cause
		}
		b.release()
		if err := newPolicy(b.repo.o.Backoff).pause(b.ctx, b.tries-1); err != nil {
			return err
		}
		if err := b.open(); err != nil {
			return err // the transport has tried
		}
		if cause = b.skip(); cause == nil {
			return nil
		}
	}
}

func (b *blob) skip() error {
	buffer := make([]byte, 32<<10)
	for left := b.done; left > 0; {
		n, err := b.read(buffer[:min(left, int64(len(buffer)))])
		if left -= int64(n); err != nil && left > 0 {
			if err == io.EOF {
				return io.ErrUnexpectedEOF
			}
			return err
		}
	}
	return nil
}

func (b *blob) release() {
	if b.body != nil {
		b.timer.Stop()
		b.stop(nil)
		b.body.Close()
		b.body = nil
	}
}

// Close implements io.Closer.
func (b *blob) Close() error {
	b.release()
	return nil
}

// sending is a blob on its way out: counted, and verified at its end.
type sending struct {
	io.ReadCloser
	repo *Repository
	d    artifact.Descriptor
	hash hash.Hash
	done int64
}

func (r *Repository) sending(d artifact.Descriptor, body io.ReadCloser) *sending {
	return &sending{ReadCloser: body, repo: r, d: d, hash: sha256.New()}
}

// Read implements io.Reader.
func (s *sending) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	s.hash.Write(p[:n])
	if s.done += int64(n); n > 0 && s.repo.o.Progress != nil {
		s.repo.o.Progress(s.d, s.done)
	}
	if s.done > s.d.Size || err == io.EOF && source.Digest(s.hash.Sum(nil)) != s.d.Digest {
		return n, fmt.Errorf("%w: %s is not what its digest says", errContent, s.d.Digest)
	}
	return n, err
}

var errContent = errors.New("damaged")
