package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/artifact/registry"
)

func newArtifactTagCommand(e Env) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use:   "tag REFERENCE TAG...",
		Short: "Give an artifact in a registry further names",
		Long: `Gives an artifact in a registry further names, taking them from whatever had
them: the way a release goes from one environment to the next. On standard
output is its reference by digest.`,
		Example: `  perseid artifact tag registry.example.com/team/boards:v1.4.0 prod`,
		Args:    cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runArtifactTag(cmd.Context(), e, r, args[0], args[1:])
		},
	}
	r.addFlags(cmd)
	return cmd
}

func runArtifactTag(ctx context.Context, e Env, r remote, reference string, tags []string) error {
	repo, ref, err := r.repository(e, reference)
	if err != nil {
		return err
	}
	for i, tag := range tags {
		tags[i] = registry.TagOf(tag)
		if err := registry.CheckTag(tags[i]); err != nil {
			return usage(err)
		}
	}
	d, _, err := repo.Manifest(ctx, ref.Target())
	if err == nil {
		err = repo.Tag(ctx, d, tags...)
	}
	if err != nil {
		return advise(err, ref)
	}
	fmt.Fprintln(e.Stdout, ref.At(d.Digest))
	return nil
}
