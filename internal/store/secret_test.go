package store

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/resource"
)

// R33: secrets are encrypted at rest, masked in answers, decrypted for use, and in no log, problem or index.
func TestSecrets(t *testing.T) {
	for _, extension := range []string{"json", "yaml"} {
		t.Run(extension, func(t *testing.T) {
			var log bytes.Buffer
			o := options(t, t.TempDir())
			o.Extension, o.Log = extension, slog.New(slog.NewTextHandler(&log, nil))
			s := openDir(t, o)
			secret := samples(t)[4]
			first := create(t, s, secret)
			if got := secret.Spec.Str("basicAuth", "password"); got != "hunter2" {
				t.Errorf("the caller's resource was changed: %q", got)
			}
			if text := readText(t, s.path(first.ID)); strings.Contains(text, "hunter2") {
				t.Errorf("in clear at rest: %s", text)
			}
			if got := body(t, s, first); strings.Contains(got, "hunter2") || !strings.Contains(got, `"password":"\u003csecret\u003e"`) {
				t.Errorf("body %s", got)
			}
			r, err := s.Read(first)
			if err != nil || r.Spec.Str("basicAuth", "password") != "hunter2" {
				t.Errorf("read: %v", err)
			}
			second := update(t, s, secret)
			if second.Hash != first.Hash {
				t.Error("the hash is of the ciphertext")
			}
			if second.Hash == secret.Hash(nil) {
				t.Error("the hash is not keyed")
			}
			writeFile(t, s.path(first.ID), `{"kind":"Secret","metadata":{"name":"s"},"spec":{"basicAuth":{"password":["hunter2"]`)
			get(t, s, first.ID)
			if p := s.Problems(); len(p) != 1 || strings.Contains(p.Error()+log.String(), "hunter2") {
				t.Errorf("problems %v, log %s", p, log.String())
			}
			closeStore(t, s)
			if strings.Contains(readText(t, s.state(indexFile)), "hunter2") {
				t.Error("in clear in the index")
			}
		})
	}
}

// Others write secrets unencrypted (perses.md §8.2): what does not decrypt is taken as it is.
func TestPlainSecretOnDisk(t *testing.T) {
	s := openDir(t, options(t, t.TempDir()))
	id := resource.ID{Kind: "GlobalSecret", Name: "s"}
	writeFile(t, s.path(id), `{"kind":"GlobalSecret","metadata":{"name":"s"},"spec":{"authorization":{"type":"Bearer","credentials":"plain, not base64"}}}`)
	r, err := s.Read(get(t, s, id))
	if err != nil || r.Spec.Str("authorization", "credentials") != "plain, not base64" {
		t.Errorf("read: %v", err)
	}
}

func TestNoKeyNoSecrets(t *testing.T) {
	o := options(t, t.TempDir())
	o.Key = nil
	s := openDir(t, o)
	if _, err := s.Create(samples(t)[4], nil); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
	if len(tree(t, o.Dir)) != 0 {
		t.Error("something was written")
	}
}
