package artifact

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/source"
)

// foreign is an image that a test makes by hand.
type foreign struct {
	t      *testing.T
	l      *Layout
	m      Manifest
	config Config
}

func newForeign(t *testing.T) *foreign {
	return &foreign{t: t, l: newLayout(t), m: Manifest{SchemaVersion: 2, MediaType: MediaTypeManifest, Config: Descriptor{MediaType: MediaTypeConfig}}}
}

func (f *foreign) put(mediaType string, data []byte) Descriptor {
	f.t.Helper()
	d := Descriptor{MediaType: mediaType, Digest: source.DigestOf(data), Size: int64(len(data))}
	if err := f.l.Put(context.Background(), d, bytes.NewReader(data)); err != nil {
		f.t.Fatal(err)
	}
	return d
}

func (f *foreign) json(mediaType string, v any) Descriptor {
	f.t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.put(mediaType, data)
}

// layer adds a plain tar as a builder writes it: other modes, owners, and times with fractions.
func (f *foreign) layer(mediaType string, names ...string) {
	f.t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range names {
		h := &tar.Header{Name: name, Mode: 0o600, Uid: 1000, Uname: "ci", Format: tar.FormatPAX, Size: int64(len(name)), PAXRecords: map[string]string{"mtime": "1700000000.25"}}
		if name[len(name)-1] == '/' {
			h.Typeflag, h.Size = tar.TypeDir, 0
		}
		if err := w.WriteHeader(h); err != nil {
			f.t.Fatal(err)
		}
		if h.Size > 0 {
			fmt.Fprint(w, name)
		}
	}
	if err := w.Close(); err != nil {
		f.t.Fatal(err)
	}
	f.m.Layers = append(f.m.Layers, f.put(mediaType, b.Bytes()))
	f.config.RootFS.DiffIDs = append(f.config.RootFS.DiffIDs, source.DigestOf(b.Bytes()))
}

func (f *foreign) manifest() Descriptor {
	f.m.Config = f.json(f.m.Config.MediaType, f.config)
	return f.json(f.m.MediaType, f.m)
}

// TestDockerfile reads what docker build makes of the chart's Dockerfile, one COPY a layer, with a RUN rm after them.
func TestDockerfile(t *testing.T) {
	f := newForeign(t)
	f.layer(mediaTypeDockerTar, "dashboards/", "dashboards/cpu.json", "dashboards/old.json")
	f.layer(mediaTypeDockerTar, "datasources/", "datasources/prometheus.yaml")
	f.layer(mediaTypeLayerTar, "projects/", "projects/demo.json")
	f.layer(mediaTypeLayerTar, "dashboards/", "dashboards/.wh.old.json")
	f.m.MediaType, f.m.Config.MediaType = mediaTypeDockerManifest, mediaTypeDockerConfig
	amd64 := f.manifest()
	amd64.Platform = &Platform{Architecture: "amd64", OS: "linux"}
	attestation := f.json(MediaTypeManifest, map[string]string{})
	attestation.Platform = &Platform{Architecture: "unknown", OS: "unknown"}
	index := f.json(mediaTypeDockerList, Index{SchemaVersion: 2, MediaType: mediaTypeDockerList, Manifests: []Descriptor{attestation, amd64}})
	i, err := Load(context.Background(), f.l, index)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, name := range []string{"dashboards/cpu.json", "datasources/prometheus.yaml", "projects/demo.json"} {
		want[name] = name
	}
	if diff := cmp.Diff(want, filesOf(t, i)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestUnsupported is what looks like an artifact and mounts as nothing, or as something else (oci.md §1.2).
func TestUnsupported(t *testing.T) {
	for name, c := range map[string]func(f *foreign) Descriptor{
		"flux": func(f *foreign) Descriptor {
			f.layer("application/vnd.cncf.flux.content.v1.tar+gzip", "a.json")
			return f.manifest()
		},
		"oras": func(f *foreign) Descriptor {
			f.m.Config.MediaType = "application/vnd.oci.empty.v1+json"
			f.layer(mediaTypeLayerTar, "a.json")
			return f.manifest()
		},
		"no diff_ids": func(f *foreign) Descriptor {
			f.layer(mediaTypeLayerTar, "a.json")
			f.config.RootFS.DiffIDs = nil
			return f.manifest()
		},
		"no layers": func(f *foreign) Descriptor { return f.manifest() },
		"other platforms": func(f *foreign) Descriptor {
			f.layer(mediaTypeLayerTar, "a.json")
			var x Index
			for _, arch := range []string{"arm64", "s390x"} {
				d := f.manifest()
				d.Platform = &Platform{Architecture: arch, OS: "linux"}
				x.Manifests = append(x.Manifests, d)
			}
			x.SchemaVersion = 2
			return f.json(MediaTypeIndex, x)
		},
		"an index of an index": func(f *foreign) Descriptor {
			inner := f.json(MediaTypeIndex, Index{SchemaVersion: 2})
			return f.json(MediaTypeIndex, Index{SchemaVersion: 2, Manifests: []Descriptor{inner}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newForeign(t)
			if _, err := Load(context.Background(), f.l, c(f)); !errors.Is(err, ErrUnsupported) {
				t.Errorf("load: %v", err)
			}
		})
	}
}

// TestConfusion: one text that is a manifest to some and an index to others is neither.
func TestConfusion(t *testing.T) {
	f := newForeign(t)
	both := f.put(MediaTypeManifest, []byte(`{"schemaVersion":2,"layers":[],"config":{},"manifests":[]}`))
	other := f.put(MediaTypeManifest, []byte(`{"schemaVersion":2,"mediaType":"`+MediaTypeIndex+`"}`))
	for _, d := range []Descriptor{both, other} {
		if _, err := Load(context.Background(), f.l, d); err == nil {
			t.Errorf("%s was loaded", d.Digest)
		}
	}
}
