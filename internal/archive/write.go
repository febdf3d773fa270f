package archive

import (
	"archive/tar"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
)

// level is the compression of layers. Changing it, or the version of the encoder, changes every digest.
const level = 6

// NewGzip compresses as layers are, with nothing in the header that depends on when or where. Close ends the stream.
func NewGzip(w io.Writer) io.WriteCloser {
	z, err := gzip.NewWriterLevel(w, level)
	if err != nil {
		panic(err) // the level is a constant that the encoder knows
	}
	return z
}

// Writer writes a tar in which everything but names and bytes is fixed. The caller gives entries in an order that depends on
// nothing else.
type Writer struct{ tar *tar.Writer }

// NewWriter starts a tar.
func NewWriter(w io.Writer) *Writer { return &Writer{tar: tar.NewWriter(w)} }

// Directory adds a directory. The path is relative and clean, without a slash at the end.
func (w *Writer) Directory(path string) error {
	return w.header(&tar.Header{Typeflag: tar.TypeDir, Name: path + "/", Mode: 0o755})
}

// File adds a file.
func (w *Writer) File(path string, data []byte) error {
	return w.Stream(path, int64(len(data)), func(out io.Writer) error {
		_, err := out.Write(data)
		return err
	})
}

// Stream adds a file whose bytes are written by fill, exactly size of them.
func (w *Writer) Stream(path string, size int64, fill func(io.Writer) error) error {
	if err := w.header(&tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: 0o644, Size: size}); err != nil {
		return err
	}
	return fill(w.tar)
}

func (w *Writer) header(h *tar.Header) error {
	h.ModTime = time.Unix(0, 0)
	if err := w.tar.WriteHeader(h); err != nil {
		return fmt.Errorf("pack %s: %w", h.Name, err)
	}
	return nil
}

// Close ends the tar. It does not close what is below.
func (w *Writer) Close() error { return w.tar.Close() }
