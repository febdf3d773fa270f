package archive

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// TestGolden holds the encoder and the form of the tar: if these digests change, so do those of everybody's artifacts.
func TestGolden(t *testing.T) {
	var plain, packed bytes.Buffer
	w := NewWriter(&plain)
	long := strings.Repeat("long/", 40) + "ünïcode.json"
	text := strings.Repeat(`{"kind":"Dashboard","metadata":{"name":"cpu"}} `, 5000)
	for _, step := range []error{w.Directory("a"), w.File("a/b.json", []byte(text)), w.File(long, []byte("{}")), w.File("empty", nil), w.Close()} {
		if step != nil {
			t.Fatal(step)
		}
	}
	z := NewGzip(&packed)
	if _, err := io.Copy(z, iotest.OneByteReader(bytes.NewReader(plain.Bytes()))); err != nil { // how it is cut does not matter
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if whole := gzipped(t, plain.Bytes()); whole.Digest != layerOf(packed.Bytes(), nil, Gzip).Digest {
		t.Error("compressed byte by byte it is another layer")
	}
	got := []string{layerOf(plain.Bytes(), nil, None).Digest.String(), layerOf(packed.Bytes(), nil, None).Digest.String()}
	want := []string{
		"sha256:d750719635ef420ec6f269122e8d4aef44a0e7ce3363ebdf22d10aa8602111c2",
		"sha256:5403ad4be01d128f6dff5ee4c4d1098ba53d8b3a5fec288c934d8ec63bfca6ba",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("digests of tar and layer (-want +got):\n%s", diff)
	}
	files, err := read(Limits{}, layerOf(packed.Bytes(), plain.Bytes(), Gzip))
	if diff := cmp.Diff(map[string]string{"a/b.json": text, long: "{}", "empty": ""}, files); err != nil || diff != "" {
		t.Errorf("read again: %v\n%s", err, diff)
	}
}

// FuzzWalk gives anything for a tar. What is accepted has names that stay below the root.
func FuzzWalk(f *testing.F) {
	for _, items := range [][]item{{d("a"), fileItem("a/b", "x")}, {fileItem(".wh.a", "")}, {extended("p", map[string]string{"mtime": "1.5"})}} {
		f.Add(tarOf(f, items...), byte(0))
		f.Add(gzipBytes(f, tarOf(f, items...)), byte(1))
	}
	f.Fuzz(func(t *testing.T, data []byte, c byte) {
		layer := layerOf(data, data, Compression(c%3))
		files, err := read(Limits{Entries: 100, Total: 1 << 20}, layer, layer)
		if err != nil {
			return
		}
		for name := range files {
			if problem := CheckPath(name); problem != nil {
				t.Error(problem)
			}
		}
	})
}

func fileItem(name, body string) item { return f(name, body) }

func gzipBytes(t testing.TB, plain []byte) []byte {
	t.Helper()
	r, err := gzipped(t, plain).Open()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
