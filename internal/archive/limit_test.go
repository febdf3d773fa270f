package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// zeros is a tar of n zero bytes in files of MaxFile, made while it is read: nothing holds it as a whole.
func zeros(t *testing.T, n int64) io.Reader {
	t.Helper()
	var parts []io.Reader
	for at := int64(0); at < n; at += MaxFile {
		var header bytes.Buffer
		size := min(MaxFile, n-at)
		if err := tar.NewWriter(&header).WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: fmt.Sprintf("f%d", at), Size: size, Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, &header, io.LimitReader(zeroReader{}, size))
	}
	return io.MultiReader(append(parts, io.LimitReader(zeroReader{}, 1024))...)
}

// bomb is a file of zeros in many members, of which each was compressed once.
func bomb(t *testing.T) Layer {
	t.Helper()
	member := func(r io.Reader) []byte {
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return gzipBytes(t, data)
	}
	stored := member(io.LimitReader(zeros(t, MaxFile), 512))
	return layerOf(append(stored, bytes.Repeat(member(io.LimitReader(zeroReader{}, 1<<20)), 20)...), nil, Gzip)
}

// TestTotal reads up to the limit and not further, and writes nothing. A whole GiB would take the race detector half a minute.
func TestTotal(t *testing.T) {
	if total := (Limits{}).orDefaults().Total; total != 1<<30 || sizeText(total) != "1 GiB" {
		t.Errorf("unless told otherwise, %s are read; expected 1 GiB", sizeText(total))
	}
	layer := Layer{Size: 2 << 30, Open: func() (io.ReadCloser, error) { return io.NopCloser(zeros(t, 1<<30)), nil }}
	read := int64(0)
	err := Walk(context.Background(), []Layer{layer}, Limits{Total: 64 << 20}, func(f File, r io.Reader) error {
		n, err := io.Copy(io.Discard, r)
		read += n
		return err
	})
	if !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "more than 64 MiB when unpacked") || read > 65<<20 {
		t.Errorf("walk: %v, after %d bytes", err, read)
	}
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestLimits(t *testing.T) {
	many := make([]item, 12)
	for i := range many {
		many[i] = f(fmt.Sprint(i), "x")
	}
	small := gzipped(t, tarOf(t, f("a", strings.Repeat("x", 2000))))
	for name, c := range map[string]struct {
		want   string
		limits Limits
		layers []Layer
	}{
		"bomb":           {"unpacks to more than 200 times its size", Limits{}, []Layer{bomb(t)}},
		"entries":        {"more than 10 files and directories", Limits{Entries: 10}, []Layer{gzipped(t, tarOf(t, many...))}},
		"file":           {`"a" is larger than 1000 bytes`, Limits{File: 1000}, []Layer{small}},
		"total of two":   {"more than 6000 bytes when unpacked", Limits{Total: 6000}, []Layer{small, gzipped(t, tarOf(t, f("b", "x"), f("c", "y")))}},
		"layers":         {"3 layers, at most 2 are read", Limits{Layers: 2}, []Layer{small, small, small}},
		"hidden as well": {`"a" is larger than 1000 bytes`, Limits{File: 1000}, []Layer{small, gzipped(t, tarOf(t, f("a", "x")))}},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.want, c.limits, c.layers...) })
	}
}

func TestVerify(t *testing.T) {
	plain := tarOf(t, f("a", "x"))
	good := gzipped(t, plain)
	if _, err := read(Limits{}, good); err != nil {
		t.Fatal(err)
	}
	stored, err := good.Open()
	if err != nil {
		t.Fatal(err)
	}
	bytesOf, err := io.ReadAll(stored)
	if err != nil {
		t.Fatal(err)
	}
	flip := func(change func(*Layer)) Layer {
		l := good
		change(&l)
		return l
	}
	with := func(data []byte) func(*Layer) {
		return func(l *Layer) {
			l.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
		}
	}
	twice := append(bytes.Clone(bytesOf), bytesOf...)
	for name, c := range map[string]struct {
		want  string
		layer Layer
	}{
		"digest":          {"its digest is", flip(func(l *Layer) { l.Digest[0]++ })},
		"diff_id":         {"unpacked, its digest is", flip(func(l *Layer) { l.DiffID[0]++ })},
		"declared longer": {"expected", flip(func(l *Layer) { l.Size++ })},
		"cut":             {"damaged", flip(with(bytesOf[:len(bytesOf)-9]))},
		"longer":          {"longer than", flip(with(twice))},
		"rubbish":         {"damaged", flip(with([]byte("rubbish, not gzip at all")))},
		"rubbish after":   {"damaged", flip(func(l *Layer) { *l = layerOf(append(bytes.Clone(bytesOf), "rubbish after it"...), plain, Gzip) })},
		"not a tar":       {"damaged", gzipped(t, bytes.Repeat([]byte("no tar "), 300))},
		"second member":   {"unpacked, its digest is", layerOf(twice, plain, Gzip)},
		"not zstd":        {"damaged", layerOf(bytesOf, plain, Zstd)},
		"plain as gzip":   {"damaged", layerOf(plain, plain, Gzip)},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.want, Limits{}, c.layer) })
	}
}
