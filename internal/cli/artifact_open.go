package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/perseid-dev/perseid/internal/artifact"
)

// opened is an artifact named on the command line. Its owner calls close when nothing is read from it any more.
type opened struct {
	*artifact.Image
	name  string // as it was given
	close func() error
}

// openArtifact finds an artifact by what was typed: a layout, or else a reference in a registry.
func openArtifact(ctx context.Context, e Env, r remote, name string) (*opened, error) {
	var blobs artifact.Reader
	closer := func() error { return nil }
	path, tag, local := splitLayout(name)
	var err error
	if local {
		var layout *artifact.Layout
		if layout, err = artifact.OpenLayout(path); err == nil {
			blobs, closer = layout, layout.Close
		}
	} else {
		blobs, tag, err = r.open(ctx, e, name)
	}
	if err != nil {
		return nil, err
	}
	image, err := loadArtifact(ctx, blobs, tag)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), closer())
	}
	return &opened{Image: image, name: name, close: closer}, nil
}

func loadArtifact(ctx context.Context, blobs artifact.Reader, tag string) (*artifact.Image, error) {
	d, err := blobs.Resolve(ctx, tag)
	if err != nil {
		return nil, err
	}
	return artifact.Load(ctx, blobs, d)
}

// splitLayout parts PATH[:TAG|@DIGEST]. It is local if there is something at the path, or the name can only be one.
func splitLayout(name string) (path, tag string, local bool) {
	exists := func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	}
	if exists(name) {
		return name, "", true
	}
	if path, digest, ok := strings.Cut(name, "@"); ok && exists(path) {
		return path, digest, true
	}
	if i := strings.LastIndexByte(name, ':'); i > 0 && exists(name[:i]) {
		return name[:i], name[i+1:], true
	}
	return name, "", strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.HasSuffix(name, ".tar")
}
