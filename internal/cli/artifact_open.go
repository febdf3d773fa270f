package cli

import (
	"context"
	"errors"

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
	return nil, errors.New("not written yet")
}
