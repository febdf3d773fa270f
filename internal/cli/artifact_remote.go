package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/artifact"
)

// remote says how registries are reached. Every command that takes a reference has its flags.
type remote struct{}

func (r *remote) addFlags(cmd *cobra.Command) {}

// open finds what reads the repository of a reference, and the tag or digest in it.
func (r *remote) open(ctx context.Context, e Env, reference string) (blobs artifact.Reader, tag string, err error) {
	return nil, "", usage(fmt.Errorf("%s: no such layout, and registries cannot be reached yet", reference))
}
