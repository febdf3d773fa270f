package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// item is one entry of a tar that a test makes: of any sort, good or evil.
type item struct {
	tar.Header
	body string
}

// f is a file, d a directory.
func f(name, body string) item { return item{tar.Header{Typeflag: tar.TypeReg, Name: name}, body} }
func d(name string) item       { return item{tar.Header{Typeflag: tar.TypeDir, Name: name}, ""} }

func tarOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, i := range items {
		h := i.Header
		h.Size = int64(len(i.body))
		if h.Mode == 0 {
			h.Mode = 0o4000 // nobody should care
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, i.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// layerOf is a layer of bytes as they are stored, with the digests it has.
func layerOf(stored, plain []byte, c Compression) Layer {
	sum := func(data []byte) Digest {
		s := NewSum(io.Discard)
		_, _ = s.Write(data) // a hash takes everything
		return s.Digest()
	}
	return Layer{
		Compression: c, Digest: sum(stored), Size: int64(len(stored)), DiffID: sum(plain),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(stored)), nil },
	}
}

func gzipped(t testing.TB, plain []byte) Layer {
	t.Helper()
	var b bytes.Buffer
	z := NewGzip(&b)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return layerOf(b.Bytes(), plain, Gzip)
}

func zstded(t testing.TB, plain []byte) Layer {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return layerOf(z.EncodeAll(plain, nil), plain, Zstd)
}

// read is the tree that Walk makes of layers.
func read(limits Limits, layers ...Layer) (map[string]string, error) {
	files := map[string]string{}
	err := Walk(context.Background(), layers, limits, func(f File, r io.Reader) error {
		data, err := io.ReadAll(r)
		files[f.Path] = string(data)
		return err
	})
	return files, err
}
