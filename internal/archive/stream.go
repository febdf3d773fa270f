package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	readBuffer = 256 << 10
	maxWindow  = 8 << 20 // of zstd: what every encoder stays within unless told otherwise
)

// stream is the tar of one layer while it is read: counted, bounded, and hashed on both sides of the decompression.
type stream struct {
	layer  Layer
	limits Limits
	total  *int64 // of all layers so far
	own    int64  // of this tar
	stored *Sum
	tar    *Sum
	raw    io.ReadCloser
	plain  io.Reader
	end    func()
}

// open starts reading a layer.
func (l Layer) open(limits Limits, total *int64) (*stream, error) {
	raw, err := l.Open()
	if err != nil {
		return nil, err
	}
	s := &stream{layer: l, limits: limits, total: total, stored: NewSum(io.Discard), tar: NewSum(io.Discard), raw: raw, end: func() {}}
	if l.Compression == None {
		s.tar = s.stored // the same bytes
	}
	// One byte more than there may be is enough to see that there is more.
	in := bufio.NewReaderSize(io.TeeReader(io.LimitReader(raw, l.Size+1), s.stored), readBuffer)
	if s.plain, err = s.decompress(in); err != nil {
		return nil, errors.Join(s.damage(err), raw.Close())
	}
	return s, nil
}

func (s *stream) decompress(in io.Reader) (io.Reader, error) {
	switch s.layer.Compression {
	case Gzip:
		return gzip.NewReader(in)
	case Zstd:
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		s.end = z.Close
		return z, nil
	}
	return in, nil
}

// Read reads the tar. It stops with ErrLimit the moment there is too much of it.
func (s *stream) Read(p []byte) (int, error) {
	n, err := s.plain.Read(p)
	if s.tar != s.stored {
		_, _ = s.tar.Write(p[:n]) // it only counts
	}
	s.own += int64(n)
	*s.total += int64(n)
	switch {
	case *s.total > s.limits.Total:
		return n, fmt.Errorf("%w: more than %s when unpacked", ErrLimit, sizeText(s.limits.Total))
	case s.own > RatioFrom && s.own > s.limits.Ratio*s.stored.Size():
		return n, fmt.Errorf("%w: it unpacks to more than %d times its size", ErrLimit, s.limits.Ratio)
	case err != nil && err != io.EOF:
		err = s.damage(err)
	}
	return n, err
}

// damage is what a decompression error means.
func (s *stream) damage(err error) error {
	if s.stored.Size() > s.layer.Size {
		return fmt.Errorf("%w: longer than %d bytes", ErrMismatch, s.layer.Size)
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// verify reads what is left, and says whether all of it is what it must be.
func (s *stream) verify() error {
	if _, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{s}, make([]byte, readBuffer)); err != nil {
		return err
	}
	switch {
	case s.stored.Size() != s.layer.Size:
		return fmt.Errorf("%w: %d bytes, expected %d", ErrMismatch, s.stored.Size(), s.layer.Size)
	case s.stored.Digest() != s.layer.Digest:
		return fmt.Errorf("%w: its digest is %s", ErrMismatch, s.stored.Digest())
	case s.tar.Digest() != s.layer.DiffID:
		return fmt.Errorf("%w: unpacked, its digest is %s, expected %s", ErrMismatch, s.tar.Digest(), s.layer.DiffID)
	}
	return nil
}

func (s *stream) Close() error {
	s.end()
	return s.raw.Close()
}

// sizeText is a number of bytes for people.
func sizeText(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
