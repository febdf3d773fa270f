package scenario

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
)

const plainLayer = "application/vnd.oci.image.layer.v1.tar"

// dockerfile makes the image that docker build makes of the directory work by the Dockerfile of the chart's documentation, in a layout named docker:
//
//	FROM scratch
//	COPY dashboards/ /dashboards/
//	COPY datasources/ /datasources/
//	COPY projects/ /projects/
func (w *world) dockerfile(version string) {
	w.t.Helper()
	l, err := artifact.CreateLayout(w.path("docker"))
	w.must(err)
	defer l.Close()
	var config artifact.Config
	config.Architecture, config.OS = "amd64", "linux"
	m := artifact.Manifest{SchemaVersion: 2, MediaType: artifact.MediaTypeManifest}
	for _, dir := range []string{"dashboards", "datasources", "projects"} {
		layer := w.copied(dir)
		m.Layers = append(m.Layers, w.putBlob(l, plainLayer, layer))
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, source.DigestOf(layer))
	}
	config.RootFS.Type = "layers"
	m.Config = w.putBlob(l, artifact.MediaTypeConfig, w.encoded(config))
	w.must(l.Tag(w.t.Context(), w.putBlob(l, m.MediaType, w.encoded(m)), version))
}

// copied is the layer of a COPY.
func (w *world) copied(dir string) []byte {
	w.t.Helper()
	var b bytes.Buffer
	out := tar.NewWriter(&b)
	w.must(out.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o700}))
	files, err := filepath.Glob(w.path("work", dir, "*"))
	w.must(err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		w.must(err)
		w.must(out.WriteHeader(&tar.Header{Name: dir + "/" + filepath.Base(file), Mode: 0o600, Uid: 1000, Size: int64(len(data))}))
		_, err = out.Write(data)
		w.must(err)
	}
	w.must(out.Close())
	return b.Bytes()
}

func (w *world) putBlob(l *artifact.Layout, mediaType string, data []byte) artifact.Descriptor {
	w.t.Helper()
	d := artifact.Descriptor{MediaType: mediaType, Digest: source.DigestOf(data), Size: int64(len(data))}
	w.must(l.Put(w.t.Context(), d, bytes.NewReader(data)))
	return d
}

func (w *world) encoded(v any) []byte {
	w.t.Helper()
	data, err := json.Marshal(v)
	w.must(err)
	return data
}
