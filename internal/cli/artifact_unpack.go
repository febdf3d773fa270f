package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/archive"
)

func newArtifactUnpackCommand(e Env) *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:   "unpack LAYOUT DIRECTORY",
		Short: "Make a directory of an artifact in a layout",
		Long: `Makes a directory of the files that a mount of the artifact would show, whole or
not at all. On standard output is the digest of what was unpacked. What is in a
registry is brought by perseid artifact pull, which can ask for a signature.`,
		Example: `  perseid artifact unpack build/boards:v1.4.0 ./boards
  perseid artifact unpack --replace boards.tar ./boards`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, _, local := splitLayout(args[0]); !local {
				return usage(fmt.Errorf("%s: there is no such layout; pull it with perseid artifact pull", args[0]))
			}
			return runArtifactUnpack(cmd.Context(), e, args[0], filepath.Clean(args[1]), replace)
		},
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "replace a directory that holds something, in one step")
	return cmd
}

func runArtifactUnpack(ctx context.Context, e Env, from, to string, replace bool) error {
	image, err := openArtifact(ctx, e, remote{}, from)
	if err != nil {
		return err
	}
	defer image.close()
	err = image.Unpack(ctx, to, archive.ExtractOptions{Replace: replace})
	if errors.Is(err, archive.ErrOccupied) {
		return fmt.Errorf("%w; replace it with --replace", err)
	}
	if err == nil {
		fmt.Fprintln(e.Stdout, image.Descriptor.Digest)
	}
	return err
}
