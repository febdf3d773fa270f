package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/resource"
)

// The exit codes of diff are those of the program diff.
const (
	diffDiffers = 1
	diffTrouble = 2
)

type diffOptions struct {
	connection
	source string
	out    output
}

func newDiffCommand(e Env) *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff PATH...",
		Short: "Compare documents with what a server serves, field by field",
		Long: `Reads documents as validate does, each path as a source, and compares those that
would win with what the server serves: what would be created, and every field
that would be updated.
With --source also what would be deleted: the resources of this source that the
documents do not declare. What the server itself sets (times, versions) does not
count. Kinds that hold secrets are looked for and not compared, because the
server shows no secrets.

The exit code is 0 if nothing differs, 1 if something does, and 2 and up if
that cannot be said; 5 if a document is not valid.`,
		Example: `  perseid diff ./resources
  perseid diff ./resources --source dir:/srv/resources -o json
  render-dashboards | perseid diff -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			err := runDiff(cmd.Context(), e, o, paths)
			if codeOf(err) == exitFailed && !errors.Is(err, errDiffers) {
				err = &exitError{code: diffTrouble, err: err}
			}
			return err
		},
	}
	o.connection.addFlags(cmd)
	cmd.Flags().StringVar(&o.source, "source", "", "`SOURCE` that the documents are all of")
	o.out.addFlags(cmd)
	_ = cmd.RegisterFlagCompletionFunc("source", completeSource(e, &o.connection, true)) // the flag was added above
	return cmd
}

var errDiffers = &exitError{code: diffDiffers}

// diffReport is the product of diff.
type diffReport struct {
	delivery.Preview
	// NotCompared are there, and hold what the server does not show.
	NotCompared []resource.ID `json:"notCompared,omitempty"`
	Problems    problem.List  `json:"problems,omitempty"` // of the documents
}

func runDiff(ctx context.Context, e Env, o diffOptions, paths []string) error {
	client, err := o.open(e)
	if err != nil {
		return err
	}
	// Names are compared as they are written: the server knows whether their case matters.
	g, err := readGiven(ctx, e, desired.Examiner{CaseSensitive: true}, paths)
	if err != nil {
		return err
	}
	report, err := client.diff(ctx, g, o.source)
	if err != nil {
		return err
	}
	colour := e.paintFor(e.Stdout)
	err = o.out.print(e.Stdout, report, func(w io.Writer) {
		printProblems(w, colour, report.Problems, g.excerptOf())
		for _, id := range report.NotCompared {
			fmt.Fprintf(w, "%s %s is there; the server does not show its secrets\n", colour.in(dim, "not compared"), id)
		}
		previewLines(w, colour, report.Preview)
	})
	switch {
	case err != nil:
		return err
	case report.Problems.Invalid():
		return shown(exitInvalid)
	case len(report.Changes) > 0:
		return errDiffers
	}
	return nil
}

// diff compares what was given with what is served; name is the source whose resources are all given, "" for none.
func (c *client) diff(ctx context.Context, g *given, name string) (diffReport, error) {
	set := g.set()
	report := diffReport{Preview: delivery.Preview{Changes: []delivery.Change{}}, Problems: withoutWarnings(g.checkSet(set).Problems)}
	ids := slices.SortedFunc(maps.Keys(set.Winners), resource.ID.Compare)
	there, err := c.fetchAll(ctx, ids)
	if err != nil {
		return report, err
	}
	documents := g.decoded()
	for i, id := range ids {
		winner := set.Winners[id]
		local := documents[place{winner.Path, winner.Index}]
		switch {
		case there[i] == nil:
			report.Changes = append(report.Changes, change("created", id, nil))
		case local.Kind.Secret:
			report.NotCompared = append(report.NotCompared, id)
		default:
			if fields := reconcile.Fields(there[i], local); len(fields) > 0 {
				report.Changes = append(report.Changes, change("updated", id, fields))
			}
		}
	}
	if name == "" {
		return report, nil
	}
	gone, err := c.undeclared(ctx, name, set)
	report.Changes = append(report.Changes, gone...)
	return report, err
}

// undeclared are the resources that a source serves and the set does not declare.
func (c *client) undeclared(ctx context.Context, name string, set *desired.Set) ([]delivery.Change, error) {
	if _, err := c.source(ctx, name); err != nil {
		return nil, err
	}
	var documents []delivery.Document
	if err := c.get(ctx, deliveryAPI+"documents", url.Values{"source": {name}}, &documents); err != nil {
		return nil, err
	}
	declared := map[resource.ID]bool{}
	for id := range set.Declared {
		declared[id.Fold()] = true
	}
	var changes []delivery.Change
	for _, d := range documents {
		id := resource.ID{Kind: d.Kind, Project: d.Project, Name: d.Name}
		served := d.Outcome == delivery.Applied || d.Outcome == delivery.Unchanged
		if served && !declared[id.Fold()] {
			changes = append(changes, change("deleted", id, nil))
		}
	}
	return changes, nil
}

func change(action string, id resource.ID, fields []delivery.FieldChange) delivery.Change {
	return delivery.Change{Action: action, Kind: id.Kind, Project: id.Project, Name: id.Name, Fields: fields}
}

// withoutWarnings leaves out what changes nothing.
func withoutWarnings(problems problem.List) problem.List {
	return slices.DeleteFunc(slices.Clone(problems), func(p problem.Problem) bool { return p.Severity == problem.Warning })
}
