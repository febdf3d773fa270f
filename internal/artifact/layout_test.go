package artifact

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/source"
)

func filesOf(t *testing.T, i *Image) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := i.Walk(context.Background(), archive.Limits{}, func(f archive.File, r io.Reader) error {
		data, err := io.ReadAll(r)
		got[f.Path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func open(t *testing.T, path string) *Layout {
	t.Helper()
	l, err := OpenLayout(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func load(l *Layout, reference string) (*Image, error) {
	d, err := l.Resolve(context.Background(), reference)
	if err != nil {
		return nil, err
	}
	return Load(context.Background(), l, d)
}

// TestLayout brings two versions from a layout into a tar archive and another layout.
func TestLayout(t *testing.T) {
	ctx := context.Background()
	l := newLayout(t)
	one := mustBuild(t, l, Options{Directory: write(t, t.TempDir(), map[string]string{"a.json": "1"}, 0o644)})
	two := mustBuild(t, l, Options{Directory: write(t, t.TempDir(), map[string]string{"a.json": "2"}, 0o644)})
	tag := func(i *Image, names ...string) {
		t.Helper()
		if err := l.Tag(ctx, i.Descriptor, names...); err != nil {
			t.Fatal(err)
		}
	}
	tag(one, "v1", "latest")
	if got, err := l.Resolve(ctx, ""); err != nil || got.Digest != one.Descriptor.Digest {
		t.Errorf("the only one: %v, %v", got, err)
	}
	tag(two, "v2", "latest")
	if _, err := l.Resolve(ctx, ""); err == nil || !strings.Contains(err.Error(), "latest or v1 or v2") {
		t.Errorf("one of two: %v", err)
	}
	if _, err := l.Resolve(ctx, "v3"); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such tag: %v", err)
	}
	file := filepath.Join(t.TempDir(), "layout.tar")
	if err := l.SaveArchive(ctx, file); err != nil {
		t.Fatal(err)
	}
	archived := open(t, file)
	copied := newLayout(t)
	for reference, want := range map[string]*Image{"v1": one, "v2": two, "latest": two, one.Descriptor.Digest.String(): one} {
		i, err := load(archived, reference)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(filesOf(t, want), filesOf(t, i)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", reference, diff)
		}
		if err := i.Copy(ctx, copied); err != nil {
			t.Fatal(err)
		}
		if err := copied.Tag(ctx, i.Descriptor); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := copied.Manifests(ctx); err != nil || len(all) != 2 {
		t.Errorf("copied: %v, %v", all, err)
	}
	if err := archived.Tag(ctx, one.Descriptor, "x"); !errors.Is(err, errReadOnly) {
		t.Errorf("tag in an archive: %v", err)
	}
}

// TestPut: a layout keeps nothing that is not what it was said to be.
func TestPut(t *testing.T) {
	ctx := context.Background()
	l := newLayout(t)
	data := []byte("content")
	good := Descriptor{MediaType: MediaTypeLayer, Digest: source.DigestOf(data), Size: int64(len(data))}
	for name, bad := range map[string]Descriptor{
		"digest": {Digest: source.DigestOf(nil), Size: good.Size}, "short": {Digest: good.Digest, Size: good.Size + 1}, "long": {Digest: good.Digest, Size: good.Size - 1},
	} {
		if err := l.Put(ctx, bad, bytes.NewReader(data)); !errors.Is(err, archive.ErrMismatch) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if there, err := l.Has(ctx, good); there || err != nil {
		t.Errorf("has: %v, %v", there, err)
	}
	if err := l.Put(ctx, good, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadBlob(ctx, l, good, 100); err != nil || !bytes.Equal(got, data) {
		t.Errorf("read again: %q, %v", got, err)
	}
	if _, err := ReadBlob(ctx, l, good, 3); !errors.Is(err, archive.ErrLimit) {
		t.Errorf("over the limit: %v", err)
	}
	blob := filepath.Join(l.path, blobName(good.Digest))
	if err := os.WriteFile(blob, []byte("CONTENT"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBlob(ctx, l, good, 100); !errors.Is(err, archive.ErrMismatch) {
		t.Errorf("changed on disk: %v", err)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := errors.Join(os.WriteFile(secret, data, 0o600), os.Remove(blob), os.Symlink(secret, blob)); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBlob(ctx, l, good, 100); err == nil {
		t.Error("a link led out of the layout")
	}
}
