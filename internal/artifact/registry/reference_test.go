package registry

import (
	"strings"
	"testing"
)

const someDigest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func TestParseReference(t *testing.T) {
	for text, want := range map[string][2]string{ // what it reads as, and what to ask for
		"registry.example.com/team/boards:v1":                  {"registry.example.com/team/boards:v1", "v1"},
		"oci://localhost:5000/b":                               {"localhost:5000/b", "latest"},
		"localhost/b@" + someDigest:                            {"localhost/b@" + someDigest, someDigest},
		"10.0.0.1:5000/b:v1@" + someDigest:                     {"10.0.0.1:5000/b:v1@" + someDigest, someDigest},
		"[::1]:5000/a/b-c__d.e:1.0.0+build":                    {"[::1]:5000/a/b-c__d.e:1.0.0_build", "1.0.0_build"},
		"ghcr.io/" + strings.Repeat("a", 200) + ":v1.2.3-rc.1": {"ghcr.io/" + strings.Repeat("a", 200) + ":v1.2.3-rc.1", "v1.2.3-rc.1"},
	} {
		ref, err := ParseReference(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := [2]string{ref.String(), ref.Target()}; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
		if again, err := ParseReference(ref.String()); err != nil || again != ref {
			t.Errorf("%s reads back as %v, %v", text, again, err)
		}
	}
	for text, want := range map[string]string{
		"":                               "names no registry",
		"boards":                         "names no registry",
		"perses/boards:v1":               "names no registry; write it in front, as in registry.example.com/perses/boards",
		"./dir":                          "names no registry",
		"../up":                          "names no registry",
		"registry.example.com/":          "cannot name a repository",
		"registry.example.com/Boards":    "cannot name a repository",
		"registry.example.com/a/../b":    "cannot name a repository",
		"registry.example.com/a:b c":     "cannot be a tag",
		"registry.example.com/a:":        "cannot be a tag",
		"registry.example.com/a@x":       "expected sha256:",
		"registry.example.com/a@sha512":  "expected sha256:",
		"user@registry.example.com/a":    "expected sha256:",
		"https://registry.example.com/a": "names no registry",
		"localhost:5000/" + strings.Repeat("a", 300): "cannot name a repository",
	} {
		if ref, err := ParseReference(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %q", text, ref, err, want)
		}
	}
}

func FuzzParseReference(f *testing.F) {
	f.Add("localhost:5000/a/b:v1@" + someDigest)
	f.Add("oci://[::1]/x:1+2")
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := ParseReference(text)
		if err != nil {
			return
		}
		if again, err := ParseReference(ref.String()); err != nil || again != ref {
			t.Errorf("%q → %q → %v, %v", text, ref, again, err)
		}
	})
}
