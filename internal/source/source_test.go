package source

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnreadCovers(t *testing.T) {
	for _, tt := range []struct {
		prefix, path string
		want         bool
	}{
		{"", "any/thing.yaml", true},
		{"team", "team/a.yaml", true},
		{"team", "team", true},
		{"team", "teams/a.yaml", false},
		{"team/", "team/a.yaml", true},
		{"team/a.yaml", "team/b.yaml", false},
	} {
		if got := (Unread{Prefix: tt.prefix}).Covers(tt.path); got != tt.want {
			t.Errorf("%q covers %q = %t, want %t", tt.prefix, tt.path, got, tt.want)
		}
	}
}

func TestDigestText(t *testing.T) {
	d := DigestOf([]byte("x"))
	var again Digest
	if err := again.UnmarshalText([]byte(d.String())); err != nil || again != d {
		t.Errorf("%s reads back as %s (%v)", d, again, err)
	}
	for _, text := range []string{"", "sha256:", d.String()[7:], d.String() + "0", strings.Replace(d.String(), d.String()[10:11], "x", 1)} {
		if err := again.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as a digest", text)
		}
	}
}

func file(path, body string) File { return File{Path: path, Digest: DigestOf([]byte(body))} }

func TestR38IndexRoundTrip(t *testing.T) {
	x := Index{Revision: "abc", Version: "v1.2.0", Complete: true, Files: []IndexFile{
		{Path: "b.yaml", Digest: DigestOf([]byte("b")), Size: 1}, {Path: "a.yaml", Digest: DigestOf([]byte("a")), Size: 1, Kinds: []string{"Dashboard"}},
	}}
	data, err := x.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeIndex(data)
	if err != nil {
		t.Fatal(err)
	}
	if got.Files[0].Path != "a.yaml" || got.Version != x.Version || !got.Complete {
		t.Errorf("reads back as %+v", got)
	}
	again, err := got.Encode()
	if err != nil || string(again) != string(data) {
		t.Errorf("encoding is not stable: %s and %s", data, again)
	}
}

func TestR38HostileIndexIsRefused(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `{}`, `{"format":"perseid.index/v2","files":[]}`,
		`{"format":"perseid.index/v1","files":[{"path":"../a.yaml"}]}`,
		`{"format":"perseid.index/v1","files":[{"path":"/a.yaml"}]}`,
		`{"format":"perseid.index/v1","files":[{"path":"a//b.yaml"}]}`,
		`{"format":"perseid.index/v1","files":[{"path":"a.yaml"},{"path":"a.yaml"}]}`,
	} {
		if x, err := DecodeIndex([]byte(text)); err == nil {
			t.Errorf("%s is read as %+v", text, x)
		}
	}
}

func TestR39Select(t *testing.T) {
	x := Index{Files: []IndexFile{{Path: "a.yaml", Digest: DigestOf([]byte("a"))}}}
	kept, extra, mismatch := x.Select([]File{file("a.yaml", "a"), file("z.yaml", "z")})
	if mismatch != "" || len(kept) != 1 || !cmp.Equal(extra, []string{"z.yaml"}) {
		t.Errorf("kept %v, extra %v, mismatch %q", kept, extra, mismatch)
	}
	if _, _, mismatch := x.Select(nil); !strings.Contains(mismatch, "not there") {
		t.Errorf("a missing file: mismatch %q", mismatch)
	}
	if _, _, mismatch := x.Select([]File{file("a.yaml", "other")}); !strings.Contains(mismatch, "digest") {
		t.Errorf("a different file: mismatch %q", mismatch)
	}
}
