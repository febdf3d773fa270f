package main

import (
	"archive/zip"
	"bytes"
	"context"
	"embed"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"github.com/perseid-dev/perseid/images/image"
)

// maxZone bounds one time zone.
const maxZone = 1 << 20

//go:embed root
var root embed.FS

// base is what both images stand on: nothing that can be run.
func base(ctx context.Context, goroot, project string) ([]image.Entry, error) {
	entries := []image.Entry{image.File("etc/ssl/certs/ca-certificates.crt", authorities())}
	for _, name := range []string{"etc/passwd", "etc/group", "etc/mime.types"} {
		data, err := root.ReadFile("root/" + name)
		if err != nil {
			return nil, err
		}
		entries = append(entries, image.File(name, data))
	}
	for _, name := range []string{"LICENSE", "NOTICE"} {
		data, err := os.ReadFile(filepath.Join(project, name))
		if err != nil {
			return nil, err
		}
		entries = append(entries, image.File("usr/share/doc/perseid/"+name, data))
	}
	if goroot == "" {
		out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
		if err != nil {
			return nil, fmt.Errorf("go env GOROOT: %w", err)
		}
		goroot = strings.TrimSpace(string(out))
	}
	zones, err := timeZones(filepath.Join(goroot, "lib", "time", "zoneinfo.zip"))
	return append(entries, zones...), err
}

// authorities are the certificates that browsers trust, in PEM. Those trusted under conditions that PEM cannot express are left out,
// since a reader would trust them without.
func authorities() []byte {
	var text bytes.Buffer
	for r := range bundle.Roots() {
		if r.Constraint == nil {
			_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: r.Certificate}) // a buffer takes everything
		}
	}
	return text.Bytes()
}

// timeZones are those that Go's own release carries, where programs look for them.
func timeZones(archive string) (entries []image.Entry, err error) {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return nil, fmt.Errorf("read the time zones of Go: %w; distributions of Go that leave out lib/time/zoneinfo.zip cannot build images", err)
	}
	defer z.Close()
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if !fs.ValidPath(f.Name) {
			return nil, fmt.Errorf("read %s: %q is not a path", archive, f.Name)
		}
		data, err := unzip(f)
		if err != nil {
			return nil, fmt.Errorf("read %s: %s: %w", archive, f.Name, err)
		}
		entries = append(entries, image.File("usr/share/zoneinfo/"+f.Name, data))
	}
	return entries, nil
}

func unzip(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxZone+1))
	if len(data) > maxZone {
		return nil, fmt.Errorf("larger than %d bytes", maxZone)
	}
	return data, err
}
