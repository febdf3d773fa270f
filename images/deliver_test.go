package main

import (
	"context"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/artifact/verify"
	memory "github.com/perseid-dev/perseid/test/registry"
)

// TestDeliver signs, pushes to a registry, and verifies what is there. A second push sends nothing but names.
func TestDeliver(t *testing.T) {
	key, private, err := verify.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "images.key")
	if err := os.WriteFile(file, private, 0o600); err != nil {
		t.Fatal(err)
	}
	held := &memory.Registry{}
	server := httptest.NewServer(held)
	t.Cleanup(server.Close)
	prefix := strings.TrimPrefix(server.URL, "http://") + "/perseid-dev"
	made(t, "-sign", file, "-push", prefix)
	for _, p := range products {
		tags := held.Tags("perseid-dev/" + p.name)
		if len(tags) != 2 || tags["v1.2.3"] == "" {
			t.Errorf("%s: tags %v; expected the version and its signatures", p.name, tags)
		}
		ref, err := registry.ParseReference(prefix + "/" + p.name + ":v1.2.3")
		if err != nil {
			t.Fatal(err)
		}
		repo, err := registry.Open(ref, registry.Options{})
		if err != nil {
			t.Fatal(err)
		}
		d, err := repo.Resolve(context.Background(), "v1.2.3")
		if err != nil {
			t.Fatal(err)
		}
		if found, err := verify.Check(context.Background(), repo, d, []verify.PublicKey{key.Public}); err != nil || found.Form != verify.Bundle {
			t.Errorf("%s: %+v, %v; expected a signature that refers to the image", p.name, found, err)
		}
	}
	held.Requests()
	made(t, "-push", prefix)
	if sent := held.Requests(); slices.ContainsFunc(sent, func(r memory.Request) bool { return strings.Contains(r.Path, "/blobs/uploads") }) {
		t.Errorf("what was there is sent again: %+v", sent)
	}
}

// TestRefused names what is wrong, and says so by its exit code.
func TestRefused(t *testing.T) {
	for flag, want := range map[string]string{
		"-platforms=linux": "OS/ARCHITECTURE", "-created=today": "-created", "-sign=missing": "key missing", "-binaries=missing": "missing/linux",
		"-goroot=missing": "zoneinfo.zip", "-push=example.com/UPPER": "UPPER", "-nonsense": "nonsense",
	} {
		var stderr strings.Builder
		args := []string{"-project", "..", "-out", t.TempDir(), "-binaries", programs(t), flag}
		if code := run(args, io.Discard, &stderr); code == 0 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: exit code %d, %q; expected %q", flag, code, stderr.String(), want)
		}
	}
}
