package interop

import (
	"archive/tar"
	"bytes"
	"strings"
	"testing"
)

// layer makes a tar of the documents, as somebody would by hand.
func (w world) layer(name string) {
	w.Helper()
	var b bytes.Buffer
	archive := tar.NewWriter(&b)
	for path, text := range documents() {
		path = strings.TrimPrefix(path, "boards/")
		if err := archive.WriteHeader(&tar.Header{Name: path, Mode: 0o644, Size: int64(len(text))}); err != nil {
			w.Fatal(err)
		}
		if _, err := archive.Write([]byte(text)); err != nil {
			w.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		w.Fatal(err)
	}
	w.write(map[string]string{name: b.String()})
}

// image puts an image of the documents into the registry, and returns its reference by digest.
func (w world) image(tag string) string {
	w.Helper()
	w.layer("layer.tar")
	w.run("crane", "append", "--oci-empty-base", "-f", "layer.tar", "-t", w.host+"/team/boards:"+tag)
	return w.host + "/team/boards@" + w.run("crane", "digest", w.host+"/team/boards:"+tag)
}

// Cosign verifies what we sign, in either form, and nothing that another key signed.
func TestCosignVerifiesOurs(t *testing.T) {
	registries(t, func(w world) {
		ref := w.image("v1")
		w.run("perseid", "artifact", "sign", "--generate-key", "team")
		w.run("perseid", "artifact", "sign", "--generate-key", "other")
		if got := w.run("perseid", "artifact", "sign", "--key", "team.key", w.host+"/team/boards:v1"); got != ref {
			w.Errorf("signed %s, want %s", got, ref)
		}
		for _, form := range []string{"--new-bundle-format=true", "--new-bundle-format=false"} {
			w.run("cosign", "verify", "--key", "team.pub", "--insecure-ignore-tlog", form, ref)
			if _, err := w.try("cosign", "verify", "--key", "other.pub", "--insecure-ignore-tlog", form, ref); err == nil {
				w.Errorf("%s: cosign verifies it with another key", form)
			}
		}
	})
}

// We verify what cosign signs, in either form, with a key that it encrypted.
func TestWeVerifyCosigns(t *testing.T) {
	for _, form := range []struct{ name, flag string }{{"bundle", "--new-bundle-format=true"}, {"tag", "--new-bundle-format=false"}} {
		t.Run(form.name, func(t *testing.T) {
			registries(t, func(w world) {
				ref := w.image("v1")
				w.run("cosign", "generate-key-pair")
				w.run("perseid", "artifact", "sign", "--generate-key", "other")
				if _, err := w.try("perseid", "artifact", "verify", "--key", "cosign.pub", ref); err == nil || !strings.Contains(err.Error(), "not signed") {
					w.Errorf("before: %v", err)
				}
				w.run("cosign", "sign", "--key", "cosign.key", "--tlog-upload=false", "--use-signing-config=false", "--yes", form.flag, ref)
				got := w.run("perseid", "artifact", "verify", "--key", "cosign.pub", w.host+"/team/boards:v1")
				if want := ref + " is signed by cosign.pub (" + form.name + ")"; got != want {
					w.Errorf("%s, want %s", got, want)
				}
				if _, err := w.try("perseid", "artifact", "verify", "--key", "other.pub", ref); err == nil || !strings.Contains(err.Error(), "no trusted signature") {
					w.Errorf("with another key: %v", err)
				}
			})
		})
	}
}

// Both may sign one artifact, with a key of cosign's, one after the other.
func TestBothSign(t *testing.T) {
	registries(t, func(w world) {
		ref := w.image("v1")
		w.run("cosign", "generate-key-pair")
		w.run("perseid", "artifact", "sign", "--generate-key", "team")
		w.run("cosign", "sign", "--key", "cosign.key", "--tlog-upload=false", "--use-signing-config=false", "--yes", ref)
		w.run("perseid", "artifact", "sign", "--key", "cosign.key", ref)
		w.run("perseid", "artifact", "sign", "--key", "team.key", ref)
		for _, key := range []string{"cosign.pub", "team.pub"} {
			w.run("perseid", "artifact", "verify", "--key", key, ref)
			w.run("cosign", "verify", "--key", key, "--insecure-ignore-tlog", ref)
			w.run("cosign", "verify", "--key", key, "--insecure-ignore-tlog", "--new-bundle-format=false", ref)
		}
	})
}
