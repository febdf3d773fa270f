package scenario

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// nowhere wants none of some values, named, to be in the database, in any log, or in what else was heard of the server.
func (w *world) nowhere(secrets map[string]string, heard ...string) {
	w.t.Helper()
	places := map[string][]byte{}
	for n, log := range w.logs {
		places[fmt.Sprintf("log %d", n)] = []byte(log.String())
	}
	for n, text := range heard {
		places[fmt.Sprintf("answers %d", n)] = []byte(text)
	}
	w.must(filepath.WalkDir(w.database, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		places[path], err = os.ReadFile(path)
		return err
	}))
	for place, data := range places {
		texts := append(unpacked(data), data)
		for name, secret := range secrets {
			if at := leak(texts, secret); at != "" {
				w.t.Errorf("%s holds the secret of %s: …%s…", place, name, at)
			}
		}
	}
}

// leak is the surroundings of a value in texts, plain or in one of the forms in which values are written; "" if it is in none.
func leak(texts [][]byte, value string) string {
	for _, form := range forms(value) {
		for _, text := range texts {
			if i := bytes.Index(text, form); i >= 0 {
				return fmt.Sprintf("%q", text[max(0, i-120):min(len(text), i+len(form)+40)])
			}
		}
	}
	return ""
}

// forms are a value as it is, in hexadecimal, and in base64 wherever it stands in what is encoded.
func forms(value string) [][]byte {
	out := [][]byte{[]byte(value), []byte(hex.EncodeToString([]byte(value)))}
	for shift := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString(append(make([]byte, shift), value...))
			whole := len(text)
			if (shift+len(value))%3 > 0 {
				whole-- // its last letter depends on what follows
			}
			out = append(out, []byte(text[(shift*8+5)/6:whole]))
		}
	}
	return out
}

// unpacked is what every compressed stream in data holds, as far as it can be read.
func unpacked(data []byte) (texts [][]byte) {
	for i := range data {
		rest := data[i:]
		switch {
		case bytes.HasPrefix(rest, []byte("\x28\xb5\x2f\xfd")):
			if r, err := zstd.NewReader(bytes.NewReader(rest), zstd.WithDecoderMaxMemory(64<<20)); err == nil {
				texts = append(texts, readable(r))
				r.Close()
			}
		case bytes.HasPrefix(rest, []byte("\x1f\x8b\x08")):
			if r, err := gzip.NewReader(bytes.NewReader(rest)); err == nil {
				texts = append(texts, readable(r))
			}
		}
	}
	return texts
}

// readable is what can be read before the first error.
func readable(r io.Reader) []byte {
	var b bytes.Buffer
	_, _ = io.Copy(&b, io.LimitReader(r, 64<<20)) // what follows the stream is an error, and of no interest
	return b.Bytes()
}

// The search finds what it is to find, or its silence would mean nothing.
func TestLeaksAreFound(t *testing.T) {
	const value = "hush-hush-1"
	var zipped, packed bytes.Buffer
	g := gzip.NewWriter(&zipped)
	_, _ = g.Write([]byte("x" + value))
	_ = g.Close()
	z, err := zstd.NewWriter(&packed)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = z.Write([]byte(strings.Repeat("x", 100) + value))
	_ = z.Close()
	for name, text := range map[string]string{
		"plain": "a " + value + " b", "gzip": "head" + zipped.String() + "tail", "zstd": "head" + packed.String() + "tail",
		"hex": hex.EncodeToString([]byte(value)), "base64": base64.StdEncoding.EncodeToString([]byte(value)),
		"base64 further in": base64.URLEncoding.EncodeToString([]byte("u:" + value + ":x")), "base64 after one": base64.StdEncoding.EncodeToString([]byte("u" + value)),
	} {
		if leak(append(unpacked([]byte(text)), []byte(text)), value) == "" {
			t.Errorf("not found: %s", name)
		}
	}
	if at := leak([][]byte{[]byte("nothing here")}, value); at != "" {
		t.Errorf("found in nothing: %s", at)
	}
}
