package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/source"
)

type indexOptions struct {
	revision, version string
	check, noValidate bool
	out               output
}

func newIndexCommand(e Env) *cobra.Command {
	var o indexOptions
	cmd := &cobra.Command{
		Use:   "index DIRECTORY",
		Short: "Write the index that makes a directory a release",
		Long: `Writes perseid.index: the files of a directory with their digests, and the
revision and version they are. Each directory in it that holds documents gets
one of its own, so that it can be served alone.

A server believes an index. It serves the files that are listed when all of
them are there as listed, removes at once what the release before had and this
one has not, and keeps the release before whole while a document is invalid. So
lay a release down completely, its index too, and switch to it with one link.

Documents are checked first, as by perseid validate; with errors nothing is
written. An index that is right already is not touched.`,
		Example: `  perseid index ./resources
  perseid index ./resources --version v1.4.0 --revision "$(git rev-parse HEAD)"
  perseid index --check ./resources     exit code 1 if an index is out of date`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			return runIndex(cmd.Context(), e, o, filepath.Clean(args[0]))
		},
	}
	cmd.Flags().StringVar(&o.revision, "revision", "", "`TEXT` that names the content, such as a commit; a digest if there is none")
	cmd.Flags().StringVar(&o.version, "version", "", "`TEXT` that names the release, such as a tag")
	cmd.Flags().BoolVar(&o.check, "check", false, "write nothing; say which index is out of date. Revision and version count only if they are given")
	cmd.Flags().BoolVar(&o.noValidate, "no-validate", false, "do not check the documents")
	o.out.addFlags(cmd)
	return cmd
}

func (o *indexOptions) validate() error {
	if err := source.CheckRelease(o.revision, o.version); err != nil {
		return usage(err)
	}
	return o.out.validate()
}

func runIndex(ctx context.Context, e Env, o indexOptions, directory string) error {
	if info, err := os.Stat(directory); err != nil {
		return fmt.Errorf("read %w", err)
	} else if !info.IsDir() {
		return usage(fmt.Errorf("%s: expected a directory", directory))
	}
	g, err := readGiven(ctx, e, desired.Examiner{}, []string{directory})
	if err != nil {
		return err
	}
	if errors := g.errors(o.noValidate); len(errors) > 0 {
		printProblems(e.Stderr, e.paintFor(e.Stderr), errors, g.excerptOf())
		fmt.Fprintf(e.Stderr, "perseid: %s, so nothing is written\n", plural(len(errors), "error"))
		return shown(exitInvalid)
	}
	plans, err := planIndexes(g, o, directory)
	if err != nil {
		return err
	}
	if !o.check {
		if err := writeIndexes(plans); err != nil {
			return err
		}
	}
	err = o.out.print(e.Stdout, plans, func(w io.Writer) { columns(w, indexRows(plans)) })
	if err == nil && o.check && slices.ContainsFunc(plans, func(p *indexPlan) bool { return p.State != indexUnchanged }) {
		return shown(exitFailed)
	}
	return err
}

// errors are what keeps the files from being indexed: what could not be read and, unless only that is asked for, what is invalid.
func (g *given) errors(unreadOnly bool) problem.List {
	problems := g.unread
	if !unreadOnly {
		problems = g.check(validateOptions{}).Problems
	}
	return withoutWarnings(problems)
}

func indexRows(plans []*indexPlan) [][]string {
	rows := [][]string{{"INDEX", "FILES", "STATE"}}
	for _, p := range plans {
		state := p.State
		if p.Why != "" {
			state += ": " + printable(p.Why)
		}
		rows = append(rows, []string{printable(p.Index), fmt.Sprint(p.Files), state})
	}
	return rows
}
