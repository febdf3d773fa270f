package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/config"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// programs is a directory of programs that are only bytes: what is looked at here is everything else.
func programs(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		for _, p := range products {
			file := filepath.Join(directory, platform, p.name)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(p.name+" for "+platform), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	return directory
}

// made builds both images.
func made(t *testing.T, more ...string) (out, said string) {
	t.Helper()
	out = t.TempDir()
	var stdout, stderr bytes.Buffer
	args := append([]string{
		"-binaries", programs(t), "-out", out, "-project", "..",
		"-version", "v1.2.3", "-revision", "0123456789abcdef", "-created", "2026-01-02T03:04:05+01:00",
	}, more...)
	if code := run(args, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	return out, strings.ReplaceAll(stdout.String(), out, "OUT")
}

func open(t *testing.T, directory string) *artifact.Layout {
	t.Helper()
	l, err := artifact.OpenLayout(directory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func blob(t *testing.T, l *artifact.Layout, d artifact.Descriptor, into any) {
	t.Helper()
	data, err := artifact.ReadBlob(context.Background(), l, d, artifact.MaxManifest)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestGolden holds what runs how, and what lies where with which mode and owner.
func TestGolden(t *testing.T) {
	out, _ := made(t)
	for _, p := range products {
		l := open(t, filepath.Join(out, p.name))
		d, err := l.Resolve(context.Background(), "v1.2.3")
		if err != nil {
			t.Fatal(err)
		}
		var x artifact.Index
		blob(t, l, d, &x)
		if len(x.Manifests) != 2 || x.Manifests[1].Platform.Architecture != "arm64" {
			t.Fatalf("the index of %s: %+v", p.name, x)
		}
		first, second := described(t, l, x.Manifests[0]), described(t, l, x.Manifests[1])
		golden(t, p.name, first)
		if diff := cmp.Diff(strings.ReplaceAll(first, "amd64", "arm64"), second); diff != "" {
			t.Errorf("arm64 is another image:\n%s", diff)
		}
	}
}

// described is the configuration of one image, without digests, and its tree.
func described(t *testing.T, l *artifact.Layout, d artifact.Descriptor) string {
	t.Helper()
	var m artifact.Manifest
	blob(t, l, d, &m)
	var config map[string]any
	blob(t, l, m.Config, &config)
	if ids := config["rootfs"].(map[string]any)["diff_ids"].([]any); len(ids) != len(m.Layers) {
		t.Errorf("%d diff_ids, %d layers", len(ids), len(m.Layers))
	}
	delete(config, "rootfs")
	data, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data) + "\n"
	for n, layer := range m.Layers {
		text += fmt.Sprintf("-- layer %d --\n%s", n, tree(t, l, layer))
	}
	return text
}

// tree lists a layer. Time zones are those of the release of Go, so they are only said to be there.
func tree(t *testing.T, l *artifact.Layout, d artifact.Descriptor) string {
	t.Helper()
	var text strings.Builder
	zones := 0
	walk(t, l, d, func(h *tar.Header, _ []byte) {
		if strings.HasPrefix(h.Name, "usr/share/zoneinfo/") && h.Typeflag == tar.TypeReg {
			zones++
			return
		}
		if strings.HasPrefix(h.Name, "usr/share/zoneinfo/") && h.Name != "usr/share/zoneinfo/" {
			return
		}
		fmt.Fprintf(&text, "%s %d:%d /%s\n", h.FileInfo().Mode(), h.Uid, h.Gid, h.Name)
	})
	if zones > 0 && zones < 300 {
		t.Errorf("%d time zones", zones)
	}
	return text.String()
}

func walk(t *testing.T, l *artifact.Layout, d artifact.Descriptor, visit func(*tar.Header, []byte)) {
	t.Helper()
	r, err := l.Fetch(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	for files := tar.NewReader(z); ; {
		h, err := files.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		if !h.ModTime.Equal(time.Unix(0, 0)) || h.Uname+h.Gname != "" {
			t.Errorf("%s: bears a time or a name: %v %q", h.Name, h.ModTime, h.Uname)
		}
		visit(h, data)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); if it is meant: go test ./images -update\n%s", file, diff)
	}
}

// TestSame builds twice, in directories of other names.
func TestSame(t *testing.T) {
	_, first := made(t)
	_, second := made(t)
	if first != second || strings.Count(first, "sha256:") != len(products) {
		t.Errorf("first and second run:\n%s%s", first, second)
	}
	if _, other := made(t, "-version", "v1.2.4"); other == first {
		t.Error("another version has the same digest")
	}
}

// TestShared looks for the lowest layer of both images and both platforms, which a node fetches once.
func TestShared(t *testing.T) {
	out, _ := made(t)
	lowest := map[string]int{}
	for _, p := range products {
		l := open(t, filepath.Join(out, p.name))
		d, err := l.Resolve(context.Background(), "")
		if err != nil {
			t.Fatal(err)
		}
		var x artifact.Index
		blob(t, l, d, &x)
		for _, d := range x.Manifests {
			var m artifact.Manifest
			blob(t, l, d, &m)
			lowest[m.Layers[0].Digest.String()]++
		}
	}
	if len(lowest) != 1 {
		t.Errorf("lowest layers: %v", lowest)
	}
}

// TestBase reads what programs read: certificates, time zones, the configuration.
func TestBase(t *testing.T) {
	entries, err := base(context.Background(), "", "..")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		files[e.Path] = e.Data
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(files["etc/ssl/certs/ca-certificates.crt"]) {
		t.Error("there is no certificate")
	}
	if n := bytes.Count(files["etc/ssl/certs/ca-certificates.crt"], []byte("BEGIN CERTIFICATE")); n < 100 {
		t.Errorf("%d certificates", n)
	}
	for _, zone := range []string{"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"} {
		if _, err := time.LoadLocationFromTZData(zone, files["usr/share/zoneinfo/"+zone]); err != nil {
			t.Error(err)
		}
	}
	c, problems := config.Load(config.Options{File: filepath.Join("root", "etc", "perses", "config.yaml")})
	if problems.Invalid() || c.Database.File.Folder != "/perses" || len(c.Sources()) != 1 {
		t.Errorf("the configuration of the image: %v, %+v, %+v", problems, *c.Database.File, len(c.Sources()))
	}
}
