package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
)

type pullOptions struct {
	remote
	trust
	layout, replace bool
}

func newArtifactPullCommand(e Env) *cobra.Command {
	var o pullOptions
	cmd := &cobra.Command{
		Use:   "pull REFERENCE PATH",
		Short: "Bring an artifact from a registry into a directory",
		Long: `Makes a directory of the files that a mount of the artifact would show, whole or
not at all. On standard output is the reference of what was pulled, by digest.

With --key nothing is written unless one of the keys has signed the artifact.
With --layout the path becomes a layout that keeps the artifact as it is, or
a tar archive of one if its name ends in .tar.`,
		Example: `  perseid artifact pull registry.example.com/team/boards:v1.4.0 ./boards
  perseid artifact pull --key team.pub registry.example.com/team/boards ./boards
  perseid artifact pull --layout registry.example.com/team/boards boards.tar`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runArtifactPull(cmd.Context(), e, o, args[0], args[1])
		},
	}
	cmd.Flags().BoolVar(&o.layout, "layout", false, "write a layout in place of the files")
	cmd.Flags().BoolVar(&o.replace, "replace", false, "replace a directory that holds something, in one step")
	o.trust.addFlags(cmd, "pull only what one of the keys has signed")
	o.remote.addFlags(cmd)
	return cmd
}

func runArtifactPull(ctx context.Context, e Env, o pullOptions, from, to string) error {
	if o.layout && o.replace {
		return usage(errors.New("--replace is for a directory of files; a layout takes further artifacts"))
	}
	keys, err := o.read(e)
	if err != nil {
		return err
	}
	done := o.showProgress(e, "pulled")
	defer done()
	repo, ref, err := o.repository(e, from)
	if err != nil {
		return err
	}
	d, err := repo.Resolve(ctx, ref.Target())
	if err != nil {
		return advise(err, ref)
	}
	if len(keys) > 0 {
		if _, err := signedBy(ctx, repo, d, ref, keys); err != nil {
			return err
		}
	}
	image, err := artifact.Load(ctx, repo, d)
	if err != nil {
		return advise(err, ref)
	}
	if o.layout {
		err = keepLayout(ctx, image, to, ref)
	} else {
		err = image.Unpack(ctx, filepath.Clean(to), archive.ExtractOptions{Replace: o.replace})
	}
	if errors.Is(err, archive.ErrOccupied) && !o.replace {
		return fmt.Errorf("%w; replace it with --replace", err)
	}
	if err != nil {
		return advise(err, ref)
	}
	done()
	fmt.Fprintln(e.Stdout, ref.At(d.Digest))
	return nil
}

// keepLayout keeps an image in a layout, under its tag if it was asked for by one.
func keepLayout(ctx context.Context, image *artifact.Image, path string, ref registry.Reference) error {
	directory := path
	isArchive := strings.HasSuffix(path, ".tar")
	if isArchive {
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("write %s: %w", path, fs.ErrExist)
		}
		var err error
		if directory, err = os.MkdirTemp("", "perseid-layout-"); err != nil {
			return err
		}
		defer os.RemoveAll(directory)
	}
	layout, err := artifact.CreateLayout(directory)
	if err != nil {
		return err
	}
	defer layout.Close()
	if err := image.Copy(ctx, layout); err != nil {
		return err
	}
	if tag := ref.Target(); ref.Digest.IsZero() {
		if err := layout.Tag(ctx, image.Descriptor, tag); err != nil {
			return err
		}
	}
	if isArchive {
		return layout.SaveArchive(ctx, path)
	}
	return nil
}
