package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

type validateOptions struct {
	projects []string
	strict   bool
	out      output
}

func newValidateCommand(e Env) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate PATH...",
		Short: "Check documents as the server would",
		Long: `Checks documents with the code that serves them: structure, names, references
between documents, and that no resource is declared twice. Every problem of
every document is reported, with its place.

A path is a file, a directory (read as serve reads it), or - for standard input.
All paths are one set. A project that none of them declares is a warning, since
it may be declared elsewhere; with --strict it is an error.`,
		Example: `  perseid validate ./resources
  perseid validate --strict --project monitoring dashboards/ datasource.yaml
  render-dashboards | perseid validate -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			return runValidate(cmd.Context(), e, o, paths)
		},
	}
	cmd.Flags().StringSliceVar(&o.projects, "project", nil, "`NAME` of a project that exists elsewhere; may be repeated")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "a project that is declared nowhere is an error")
	o.out.addFlags(cmd)
	return cmd
}

// checked is the product of validate.
type checked struct {
	Files     int          `json:"files"`
	Documents int          `json:"documents"`
	Valid     bool         `json:"valid"`
	Problems  problem.List `json:"problems"`
}

func runValidate(ctx context.Context, e Env, o validateOptions, paths []string) error {
	g, err := readGiven(ctx, e, desired.Examiner{}, paths)
	if err != nil {
		return err
	}
	result := g.check(o)
	colour := e.paintFor(e.Stdout)
	err = o.out.print(e.Stdout, result, func(w io.Writer) {
		printProblems(w, colour, result.Problems, g.excerptOf())
		fmt.Fprintln(w, summary(colour, plural(result.Documents, "document")+" in "+plural(result.Files, "file"), result.Problems))
	})
	if err == nil && !result.Valid {
		return shown(exitInvalid)
	}
	return err
}

// check says what is wrong with the set that the server would make of the files, were they its only source.
func (g *given) check(o validateOptions) checked {
	return g.checkSet(g.alone(o))
}

// alone is the set that the server would make of the files, were they its only source.
func (g *given) alone(o validateOptions) *desired.Set {
	return desired.Build(desired.Input{
		Sources:        []desired.Source{{Name: "these files", Files: g.sorted()}},
		Contents:       g.content,
		Have:           existing(o.projects),
		CreateProjects: !o.strict,
	})
}

// set is what the server would make of the files, were each path a source, as serve takes them: the last one wins.
func (g *given) set() *desired.Set {
	return desired.Build(desired.Input{Sources: g.sources, Contents: g.content, CreateProjects: true})
}

func (g *given) checkSet(set *desired.Set) checked {
	result := checked{Files: len(g.files), Problems: g.unread}
	for _, row := range set.Rows {
		g.placesOf(row.Origin).Complete(row.Index, row.Problems)
		result.Problems = append(result.Problems, row.Problems...)
	}
	result.Documents = g.documents
	result.Problems = append(result.Problems, undeclared(set)...)
	byPlace(result.Problems)
	result.Valid = !result.Problems.Invalid()
	return result
}

func existing(projects []string) map[resource.ID]desired.Have {
	have := make(map[resource.ID]desired.Have)
	for _, name := range projects {
		have[resource.ID{Kind: "Project", Name: name}.Fold()] = desired.Have{}
	}
	return have
}

// undeclared warns of each project that the set needs and does not hold, where it is first needed.
func undeclared(set *desired.Set) problem.List {
	var problems problem.List
	for _, name := range set.Projects {
		p := problem.Problem{
			Code: problem.CodeProject, Severity: problem.Warning,
			Message: fmt.Sprintf("project %q is not declared by what was given", name),
			Hint:    fmt.Sprintf("if it exists elsewhere, say so with --project %s", name),
		}
		for _, row := range set.Rows {
			if row.ID.Project == name {
				p.Origin = row.Origin
				break
			}
		}
		problems = append(problems, p)
	}
	return problems
}
