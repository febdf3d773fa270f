package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/artifact/registry"
)

type pushOptions struct {
	remote
	tags []string
}

func newArtifactPushCommand(e Env) *cobra.Command {
	var o pushOptions
	cmd := &cobra.Command{
		Use:   "push ARTIFACT REFERENCE",
		Short: "Bring an artifact to a registry",
		Long: `Brings an artifact, from a layout or from another registry, to a registry and
names it. On standard output is its reference by digest, and nothing else, for
whoever deploys it.

What the registry has is not sent again. If the tag names the same files with
the same annotations already, nothing is changed at all, and the reference is
of what is there.`,
		Example: `  perseid artifact push build/boards registry.example.com/team/boards:v1.4.0
  perseid artifact push build/boards registry.example.com/team/boards:v1.4.0 \
      --tag latest --tag prod`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runArtifactPush(cmd.Context(), e, o, args[0], args[1])
		},
	}
	cmd.Flags().StringArrayVarP(&o.tags, "tag", "t", nil, "a further `TAG`; may be given again")
	o.addFlags(cmd)
	return cmd
}

func runArtifactPush(ctx context.Context, e Env, o pushOptions, from, to string) error {
	done := o.showProgress(e, "pushed")
	defer done()
	repo, ref, err := o.repository(e, to)
	if err != nil {
		return err
	}
	tags, err := tagsOf(ref, o.tags)
	if err != nil {
		return err
	}
	image, err := openArtifact(ctx, e, o.remote, from)
	if err != nil {
		return err
	}
	defer image.close()
	pushed, err := repo.Push(ctx, image.Image, tags...)
	if err != nil {
		return advise(err, ref)
	}
	done()
	what := "pushed, and named " + strings.Join(tags, ", ")
	if pushed.Unchanged {
		what = tags[0] + " names these files already, nothing is sent"
	}
	fmt.Fprintln(e.Stderr, what)
	fmt.Fprintln(e.Stdout, ref.At(pushed.Descriptor.Digest))
	return nil
}

// tagsOf are the names to give, the one of the reference first.
func tagsOf(ref registry.Reference, more []string) (tags []string, err error) {
	if !ref.Digest.IsZero() {
		return nil, usage(errors.New("a push is to a tag; the digest follows from what is pushed"))
	}
	if ref.Tag != "" {
		tags = append(tags, ref.Tag)
	}
	for _, tag := range more {
		tag = registry.TagOf(tag)
		if err := registry.CheckTag(tag); err != nil {
			return nil, usage(err)
		}
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	if len(tags) == 0 {
		return nil, usage(fmt.Errorf("%s names no tag; write one, as in %s:v1.0.0", ref, ref))
	}
	return tags, nil
}
