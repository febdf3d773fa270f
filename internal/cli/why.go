package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/api"
	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/resource"
)

type resourceOptions struct {
	connection
	project string
	out     output
}

func newWhyCommand(e Env) *cobra.Command {
	var o resourceOptions
	cmd := &cobra.Command{
		Use:   "why KIND NAME",
		Short: "Show why a resource is as it is",
		Long: `Shows where a resource comes from and who manages it, every document that
declares it with its problems, which of them is served, what it was before,
and what would change it.

` + resourceHelp,
		Example: `  perseid why dashboard cpu --project demo
  perseid why dash demo/cpu
  perseid why globaldatasource prometheus -o json`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			return runWhy(cmd.Context(), e, o, args[0], args[1])
		},
	}
	o.connection.addFlags(cmd)
	addProjectFlag(cmd, &o.project)
	o.out.addFlags(cmd)
	cmd.ValidArgsFunction = completeResource(e, &o.connection, &o.project)
	return cmd
}

func runWhy(ctx context.Context, e Env, o resourceOptions, kind, name string) error {
	s, err := resourceOf(kind, name, o.project)
	if err != nil {
		return err
	}
	client, err := o.open(e)
	if err != nil {
		return err
	}
	var report whyReport
	if report.ResourceStatus, err = client.resource(ctx, s); err != nil {
		return err
	}
	there, err := client.fetchAll(ctx, []resource.ID{s.id})
	if err != nil {
		return err
	}
	report.Served = there[0] != nil
	return o.out.print(e.Stdout, report, func(w io.Writer) { report.write(w, e.paintFor(e.Stdout), s, time.Now()) })
}

// whyReport is the product of why.
type whyReport struct {
	api.ResourceStatus
	Served bool `json:"served"`
}

func (r whyReport) write(w io.Writer, colour paint, s subject, now time.Time) {
	fmt.Fprintln(w, r.ID)
	switch {
	case r.Owner != nil:
		facts(w, ownerFacts(*r.Owner, now))
	case r.Served:
		fmt.Fprintln(w, "  served, and not managed by any source")
	default:
		fmt.Fprintln(w, "  "+colour.in(yellow, "not served"))
	}
	if r.Unreadable != "" {
		fmt.Fprintln(w, "  "+colour.in(red, "its file in the database cannot be read")+": "+printable(r.Unreadable))
	}
	if len(r.Documents) > 0 {
		fmt.Fprintln(w, "\nDeclared by")
	}
	for _, d := range r.Documents {
		fmt.Fprintf(w, "%s %s: %s\n", colour.in(outcomeColour(d.Outcome), fmt.Sprintf("%-9s", d.Outcome)), printable(d.Source), printable(d.Origin))
		problemLines(w, colour, d.Origin, d.Problems)
		fateLines(w, d)
	}
	if len(r.History) > 0 {
		fmt.Fprintln(w, "\nBefore")
		columns(w, versionRows(r.History))
	}
	fmt.Fprintln(w, "\nWhat would change it")
	for _, way := range r.ways(s) {
		fmt.Fprintln(w, "  "+printable(way))
	}
}

func ownerFacts(o delivery.Owner, now time.Time) [][2]string {
	rows := [][2]string{
		{"managed by", printable(o.Source)},
		{"origin", printable(o.Origin)},
		{"revision", printable(cmp.Or(o.Revision, "-"))},
		{"since", moment(o.Since) + ", " + age(o.Since, now)},
	}
	switch {
	case o.Writable && o.Until.IsZero():
		rows = append(rows, [2]string{"writable", "until its source is resumed"})
	case o.Writable:
		rows = append(rows, [2]string{"writable", "until " + moment(o.Until)})
	}
	return rows
}

// waysOf says what would change a resource, commands as they are typed.
func (r whyReport) ways(s subject) []string {
	pinned := slices.ContainsFunc(r.History, func(v delivery.Version) bool { return v.Pinned })
	var ways []string
	for _, d := range r.Documents {
		served := d.Outcome == delivery.Applied || d.Outcome == delivery.Unchanged
		switch {
		case served && pinned:
			ways = append(ways, "perseid unpin "+s.args())
		case served:
			ways = append(ways, "a change of "+d.Origin+" in "+d.Source)
		case d.Awaits != "":
			ways = append(ways, d.Awaits)
		}
	}
	switch {
	case r.Owner != nil && !r.Owner.Writable:
		ways = append(ways, "a write to the API, after perseid unlock "+s.args()+" --for 2h")
	default:
		ways = append(ways, "a write to the API")
	}
	switch {
	case len(r.History) > 0 && r.Owner != nil:
		ways = append(ways, "perseid rollback "+s.args())
	case len(r.History) > 0 && !r.Served:
		ways = append(ways, "perseid undo "+s.args())
	}
	return ways
}

// moment is a time that can be compared with those of other programs.
func moment(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.UTC().Format(time.RFC3339)
}
