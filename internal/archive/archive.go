// Package archive writes tar archives that are the same everywhere, and reads those of others without believing them.
//
// Three ideas. What is written depends on names and bytes alone: sorted by the caller, directories 0755, files 0644, no owners and
// no times, compressed by an encoder that is pinned, so that the same files have the same digest on any machine.
// What is read is bounded and verified while it streams: a Layer says which digests it must have, Limits how much may come, and
// only regular files and directories with plain names are accepted; all else is an error, never skipped.
// Several layers are read as one tree, as a container runtime would mount them: what lies above hides what lies below.
//
// Extract makes a directory of them, whole or not at all. The package knows nothing of registries, manifests or documents.
package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
)

// Digest is the SHA-256 of bytes.
type Digest [sha256.Size]byte

// String is the form of OCI: sha256:<hex>.
func (d Digest) String() string { return "sha256:" + hex.EncodeToString(d[:]) }

// Compression is how a layer is stored.
type Compression int

// The compressions of layers.
const (
	None Compression = iota
	Gzip
	Zstd
)

// Layer is one layer as it is stored, and what its bytes must be.
type Layer struct {
	Compression Compression
	Digest      Digest // of the bytes as stored
	Size        int64  // of the bytes as stored
	DiffID      Digest // of the tar
	// Open starts reading the bytes as stored. It is called once for each reading.
	Open func() (io.ReadCloser, error)
}

// Bounds of what is read, where Limits leaves them zero.
const (
	MaxEntries = 100_000
	MaxFile    = 32 << 20 // bytes of one file
	MaxTotal   = 1 << 30  // bytes of all tars together, headers and all
	MaxRatio   = 200      // bytes of tar for a stored byte, after the first RatioFrom
	RatioFrom  = 10 << 20
	MaxLayers  = 32
	MaxPath    = 1024 // bytes of a path
	MaxName    = 255  // bytes of one name in it
	MaxDepth   = 64   // names in it
)

// Limits bounds what is read; zero fields are the Max constants.
type Limits struct {
	Entries int
	File    int64
	Total   int64
	Ratio   int64
	Layers  int
}

func (l Limits) orDefaults() Limits {
	set(&l.Entries, MaxEntries)
	set(&l.File, MaxFile)
	set(&l.Total, MaxTotal)
	set(&l.Ratio, MaxRatio)
	set(&l.Layers, MaxLayers)
	return l
}

func set[T int | int64](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

// What a reading ends with, wrapped in what it was about.
var (
	ErrUnsafe   = errors.New("not accepted")         // an entry that is no plain file or directory with a plain name
	ErrLimit    = errors.New("over the limit")       // more of something than Limits allows
	ErrMismatch = errors.New("not what it must be")  // digest, diff_id or size differ
	ErrDamaged  = errors.New("damaged")              // not the compression or tar it says it is
	ErrOccupied = errors.New("exists and is in use") // Extract's directory is there and not empty
)

// File is one file of a tree that is read.
type File struct {
	Path string // relative, clean, slash-separated
	Size int64  // bytes
}
