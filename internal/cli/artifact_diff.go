package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

type artifactDiffOptions struct {
	remote
	path string
	out  output
}

func newArtifactDiffCommand(e Env) *cobra.Command {
	var o artifactDiffOptions
	cmd := &cobra.Command{
		Use:   "diff FROM TO",
		Short: "Compare two artifacts, resource by resource",
		Long: `Shows what a server that serves FROM would create, update and delete if it were
given TO: every resource, and every field of it. Each is an artifact or a
directory of documents. Values of kinds that hold secrets are not shown.

The exit code is 0 if nothing differs, 1 if something does, and 2 and up if
that cannot be said; 5 if a document is not valid.`,
		Example: `  perseid artifact diff build/boards:v1.4.0 ./resources
  perseid artifact diff registry.example.com/team/boards:v1 boards.tar \
      --path prod`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			err := runArtifactDiff(cmd.Context(), e, o, args[0], args[1])
			if codeOf(err) == exitFailed && !errors.Is(err, errDiffers) {
				err = &exitError{code: diffTrouble, err: err}
			}
			return err
		},
	}
	cmd.Flags().StringVar(&o.path, "path", "", "`DIRECTORY` in both to compare alone")
	o.remote.addFlags(cmd)
	o.out.addFlags(cmd)
	return cmd
}

func runArtifactDiff(ctx context.Context, e Env, o artifactDiffOptions, from, to string) error {
	before, err := o.read(ctx, e, from)
	if err != nil {
		return err
	}
	after, err := o.read(ctx, e, to)
	if err != nil {
		return err
	}
	old, next := before.alone(validateOptions{}), after.alone(validateOptions{})
	problems := withoutWarnings(append(before.checkSet(old).Problems, after.checkSet(next).Problems...))
	report := diffReport{Preview: delivery.Preview{Changes: changesBetween(before, after, old, next)}, Problems: problems}
	colour := e.paintFor(e.Stdout)
	err = o.out.print(e.Stdout, report, func(w io.Writer) {
		printProblems(w, colour, problems, func(p problem.Problem) string {
			if _, ok := before.files[p.Origin]; ok {
				return before.excerptOf()(p)
			}
			return after.excerptOf()(p)
		})
		previewLines(w, colour, report.Preview)
	})
	switch {
	case err != nil:
		return err
	case problems.Invalid():
		return shown(exitInvalid)
	case len(report.Changes) > 0:
		return errDiffers
	}
	return nil
}

// read takes the documents of an artifact, or of a directory that is no layout.
func (o artifactDiffOptions) read(ctx context.Context, e Env, name string) (*given, error) {
	below := strings.Trim(path.Clean("/"+o.path), "/")
	// Names are compared as they are written: the server knows whether their case matters.
	x := desired.Examiner{CaseSensitive: true}
	if info, err := os.Stat(name); err == nil && info.IsDir() && !artifact.IsLayout(name) {
		return readBuildable(ctx, x, name, below)
	}
	image, err := openArtifact(ctx, e, o.remote, name)
	if err != nil {
		return nil, err
	}
	defer image.close()
	g := newGiven(nil)
	g.examiner = x
	return g, g.addArtifact(ctx, image, below)
}

// readBuildable takes the documents that an artifact of the directory would hold.
func readBuildable(ctx context.Context, x desired.Examiner, directory, below string) (*given, error) {
	files, err := artifact.Files(ctx, directory)
	if err != nil {
		return nil, err
	}
	g := newGiven(nil)
	g.examiner = x
	for _, f := range files {
		if below != "" && !strings.HasPrefix(f, below+"/") {
			continue
		}
		if err := g.add(ctx, filepath.Join(directory, f)); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// addArtifact takes the documents that a mount would show, once all of the artifact is verified.
func (g *given) addArtifact(ctx context.Context, image *opened, below string) error {
	var files []source.File
	err := image.Walk(ctx, archive.Limits{}, func(f archive.File, r io.Reader) error {
		inside := below == "" || strings.HasPrefix(f.Path, below+"/")
		if !inside || !source.IsDocument(f.Path) || slices.ContainsFunc(strings.Split(f.Path, "/"), source.IsPassedOver) {
			return nil
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		digest := source.DigestOf(data)
		g.bodies[digest] = data
		files = append(files, source.File{Path: f.Path, Origin: image.name + ":" + f.Path, Digest: digest, Size: f.Size})
		return nil
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", image.name, err)
	}
	for _, f := range byPath(files) {
		g.keep(f)
	}
	return nil
}

// changesBetween is what turns the winners of one set into those of another, in the order of kinds and names.
func changesBetween(before, after *given, old, next *desired.Set) []delivery.Change {
	ids := map[resource.ID]bool{}
	for id := range old.Winners {
		ids[id] = true
	}
	for id := range next.Winners {
		ids[id] = true
	}
	was, is := before.decoded(), after.decoded()
	changes := []delivery.Change{}
	for _, id := range slices.SortedFunc(maps.Keys(ids), resource.ID.Compare) {
		a, b := old.Winners[id], next.Winners[id]
		switch {
		case a == nil:
			changes = append(changes, change("created", id, nil))
		case b == nil:
			changes = append(changes, change("deleted", id, nil))
		case a.Hash != b.Hash:
			fields := reconcile.Fields(was[place{a.Path, a.Index}], is[place{b.Path, b.Index}])
			changes = append(changes, change("updated", id, fields))
		}
	}
	return changes
}
