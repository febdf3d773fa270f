package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/delivery"
)

func newHistoryCommand(e Env) *cobra.Command {
	var o resourceOptions
	cmd := &cobra.Command{
		Use:   "history SOURCE | KIND NAME",
		Short: "Show the releases of a source, or what a resource was before",
		Long: `Lists the releases of a source that are kept, or the previous contents of a
resource, the newest first: what perseid rollback can return to. Releases are of
sources that vouch for what they hold: artifacts, directories with an index.

` + subjectHelp,
		Example: `  perseid history dir:/srv/resources
  perseid history dashboard demo/cpu`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			return runHistory(cmd.Context(), e, o, args)
		},
	}
	o.connection.addFlags(cmd)
	addProjectFlag(cmd, &o.project)
	o.out.addFlags(cmd)
	cmd.ValidArgsFunction = completeSubject(e, &o.connection, &o.project)
	return cmd
}

func runHistory(ctx context.Context, e Env, o resourceOptions, args []string) error {
	client, err := o.open(e)
	if err != nil {
		return err
	}
	s, rest, err := client.subjectOf(ctx, args, o.project)
	if err != nil {
		return err
	}
	if err := noMore(rest); err != nil {
		return err
	}
	history, err := client.history(ctx, s)
	if err != nil {
		return err
	}
	return o.out.print(e.Stdout, history, func(w io.Writer) {
		switch {
		case len(history.Releases) > 0:
			columns(w, releaseRows(history.Releases))
		case len(history.Versions) > 0:
			columns(w, versionRows(history.Versions))
		default:
			fmt.Fprintf(w, "nothing is kept of %s from before\n", s)
		}
	})
}

// history is what is kept of a source or of a resource.
func (c *client) history(ctx context.Context, s subject) (delivery.History, error) {
	var h delivery.History
	if s.kind != nil {
		r, err := c.resource(ctx, s)
		return delivery.History{Versions: r.History}, err
	}
	err := c.get(ctx, deliveryAPI+s.path()+"/history", nil, &h)
	return h, err
}

func releaseRows(releases []delivery.Release) [][]string {
	rows := [][]string{{"REVISION", "VERSION", "AT", "DOCS", "APPLIED", "PRUNED", "COMMIT", "AUTHOR", ""}}
	for _, r := range releases {
		var notes []string
		if r.Serving {
			notes = append(notes, "serving")
		}
		if r.Pinned {
			notes = append(notes, "pinned")
		}
		rows = append(rows, []string{
			clip(r.Revision, revisionWidth), clip(r.Version, nameWidth), moment(r.At), fmt.Sprint(r.Documents),
			fmt.Sprint(r.Changes[delivery.Applied]), fmt.Sprint(r.Changes[delivery.Pruned]),
			clip(cmp.Or(r.Commit, "-"), revisionWidth), clip(cmp.Or(r.Author, "-"), nameWidth), strings.Join(notes, ", "),
		})
	}
	return rows
}

// versionRows say until when a content was served, and what did away with it.
func versionRows(versions []delivery.Version) [][]string {
	rows := [][]string{{"VERSION", "UNTIL", "THEN", "BY", "ORIGIN", ""}}
	for _, v := range versions {
		note := ""
		if v.Pinned {
			note = "pinned"
		}
		rows = append(rows, []string{
			fmt.Sprint(v.Version), moment(v.At), string(v.Why), tail(v.Source, nameWidth), tail(cmp.Or(v.Origin, "-"), nameWidth), note,
		})
	}
	return rows
}

// noMore refuses arguments that are left over.
func noMore(args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage(fmt.Errorf("%q is one argument too many", args[0]))
}
