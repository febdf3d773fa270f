package cluster_test

import (
	"context"
	"encoding/json"

	"github.com/perseid-dev/perseid/images/image"
	"github.com/perseid-dev/perseid/internal/artifact"
)

// empty pushes an image with a layer in which there is only a directory.
func (w *team) empty(name, tag string) {
	w.t.Helper()
	if err := w.n.Images.PushImage(context.Background(), w.namespace+"/"+name, tag, image.Run{}, image.Directory("nothing", 0)); err != nil {
		w.t.Fatal(err)
	}
}

// oras pushes files as `oras push` does: each file is a blob of a media type, titled with its name, below a config that says nothing.
func (w *team) oras(name, tag, mediaType string, files map[string]string) {
	w.t.Helper()
	repo := w.namespace + "/" + name
	m := map[string]any{
		"schemaVersion": 2, "mediaType": artifact.MediaTypeManifest, "artifactType": "application/vnd.unknown.artifact.v1",
		"config": map[string]any{"mediaType": "application/vnd.oci.empty.v1+json", "digest": w.n.Images.PutBlob(repo, []byte("{}")), "size": 2},
	}
	var layers []any
	for path, text := range files {
		layers = append(layers, map[string]any{
			"mediaType": mediaType, "digest": w.n.Images.PutBlob(repo, []byte(text)), "size": len(text),
			"annotations": map[string]string{artifact.AnnotationTitle: path},
		})
	}
	m["layers"] = layers
	data, err := json.Marshal(m)
	if err != nil {
		w.t.Fatal(err)
	}
	w.n.Images.PutManifest(repo, artifact.MediaTypeManifest, data, tag)
}
