package archive

import (
	"crypto/sha256"
	"hash"
	"io"
)

// Sum passes bytes on to W and knows their digest and number.
type Sum struct {
	W    io.Writer
	hash hash.Hash
	size int64
}

// NewSum starts with nothing written.
func NewSum(w io.Writer) *Sum { return &Sum{W: w, hash: sha256.New()} }

// Write implements io.Writer.
func (s *Sum) Write(p []byte) (int, error) {
	n, err := s.W.Write(p)
	s.hash.Write(p[:n])
	s.size += int64(n)
	return n, err
}

// Digest is that of what was written so far.
func (s *Sum) Digest() (d Digest) {
	s.hash.Sum(d[:0])
	return d
}

// Size is how much was written so far, in bytes.
func (s *Sum) Size() int64 { return s.size }
