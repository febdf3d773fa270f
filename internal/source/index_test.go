package source

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// R38: each first-level directory has an index of its own, which covers its subtree.
func TestR38Below(t *testing.T) {
	a, b, c := DigestOf([]byte("a")), DigestOf([]byte("b")), DigestOf([]byte("c"))
	x := Index{Revision: "abc", Version: "v1", Complete: true, Files: []IndexFile{
		{Path: "top.yaml", Digest: a}, {Path: "prod/a.yaml", Digest: a, Kinds: []string{"Project"}},
		{Path: "prod/deep/b.yaml", Digest: b}, {Path: "test/c.yaml", Digest: c},
	}}
	prod := Index{Revision: "abc", Version: "v1", Complete: true, Files: []IndexFile{
		{Path: "a.yaml", Digest: a, Kinds: []string{"Project"}}, {Path: "deep/b.yaml", Digest: b},
	}}
	test := Index{Revision: "abc", Version: "v1", Complete: true, Files: []IndexFile{{Path: "c.yaml", Digest: c}}}
	if diff := cmp.Diff(map[string]Index{"prod": prod, "test": test}, x.Below()); diff != "" {
		t.Error(diff)
	}
	if len(x.Files) != 4 {
		t.Errorf("the index itself changed: %+v", x)
	}
}

// R39: the first file that differs is named, and the others are counted.
func TestR39SelectCountsWhatDiffers(t *testing.T) {
	x := Index{}
	for _, path := range []string{"a", "b", "c"} {
		x.Files = append(x.Files, IndexFile{Path: path, Digest: DigestOf([]byte(path))})
	}
	for want, files := range map[string][]File{
		"perseid.index lists c, which is not there":                                                                 {file("a", "a"), file("b", "b")},
		"perseid.index lists b, which is not there; 1 more file differs":                                            {file("a", "a"), file("c", "?")},
		"a is not what perseid.index lists: its digest is 8a8de823d5ed, expected ca978112ca1b; 2 more files differ": {file("a", "?")},
	} {
		if _, _, got := x.Select(files); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestReleaseTextsAreLines(t *testing.T) {
	for _, text := range []string{"two\nlines", "\x1b[31m", strings.Repeat("x", maxIndexText+1)} {
		if CheckRelease("v1", text) == nil {
			t.Errorf("%.20q may name a release", text)
		}
		for _, x := range []Index{{Revision: text}, {Version: text}, {Label: text}, {Files: []IndexFile{{Path: "a.yaml", Origin: text}}}} {
			data, err := x.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := DecodeIndex(data); err == nil {
				t.Errorf("%s is read", data)
			}
		}
	}
}

func FuzzDecodeIndex(f *testing.F) {
	f.Add([]byte(`{"format":"perseid.index/v1","complete":true,"files":[{"path":"a/b.yaml","digest":"sha256:` + strings.Repeat("0", 64) + `"}]}`))
	f.Add([]byte(`{"format":"perseid.index/v1","files":[{"path":"..","digest":""}]}`))
	f.Add([]byte(`{"format":"perseid.index/v1","files":null,"version":"\u0000"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := DecodeIndex(data)
		if err != nil {
			return
		}
		for _, i := range append([]Index{x}, x.Below()["a"]) {
			for _, file := range i.Files {
				if file.Path == ".." || strings.HasPrefix(file.Path, "../") || strings.HasPrefix(file.Path, "/") {
					t.Errorf("leads out of its directory: %q", file.Path)
				}
			}
			again, err := i.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := DecodeIndex(again); err != nil {
				t.Errorf("what was read does not read back: %v", err)
			}
		}
	})
}
