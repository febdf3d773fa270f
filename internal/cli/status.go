package cli

import (
	"context"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/delivery"
)

type statusOptions struct {
	connection
	all, watch bool
	out        output
}

func newStatusCommand(e Env) *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:   "status [SOURCE]",
		Short: "Show what became of every source and document",
		Long: `Asks a running server for its sources, and for the documents that are not
served as they are declared: invalid, shadowed by another, waiting, released.
With SOURCE, for all that is known of it; a problem is then shown with the line
it is in, where the file can be read from here and holds no secrets.

With --watch it goes on: it draws anew on a terminal, and prints a line for each
change otherwise, until it is interrupted.

The exit code is 0 whatever the state; it is 1 if the server does not answer.`,
		Example: `  perseid status
  perseid status dir:/etc/perses/provisioning --all
  perseid status --watch
  perseid status --server https://perses.example.com/prefix -o json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			return runStatus(cmd.Context(), e, o, strings.Join(args, ""))
		},
	}
	o.connection.addFlags(cmd)
	cmd.Flags().BoolVar(&o.all, "all", false, "show every document")
	cmd.Flags().BoolVarP(&o.watch, "watch", "w", false, "go on, and show what changes")
	o.out.addFlags(cmd)
	cmd.ValidArgsFunction = completeSource(e, &o.connection, false)
	return cmd
}

func (o *statusOptions) validate() error {
	if o.watch && o.out.format != "table" {
		return usage(errWatchTable)
	}
	return o.out.validate()
}

// statusReport is the product of status.
type statusReport struct {
	Sources   []delivery.Source   `json:"sources"`
	Documents []delivery.Document `json:"documents"`
	Database  *delivery.Database  `json:"database,omitempty"`
	// detailed: it is about one source.
	detailed bool
}

func runStatus(ctx context.Context, e Env, o statusOptions, name string) error {
	client, err := o.open(e)
	if err != nil {
		return err
	}
	if o.watch {
		return runStatusWatch(ctx, e, o, client, name)
	}
	sources, err := client.sources(ctx)
	if err != nil {
		return err
	}
	report, err := client.report(ctx, o, sources, name)
	if err != nil {
		return err
	}
	return o.out.print(e.Stdout, report, func(w io.Writer) { report.write(w, e.paintFor(e.Stdout), time.Now()) })
}

// report is the status of sources, or of the one that is named, with its documents.
func (c *client) report(ctx context.Context, o statusOptions, sources []delivery.Source, name string) (statusReport, error) {
	report := statusReport{Sources: sources}
	query := url.Values{}
	if name != "" {
		s := named(sources, name)
		if s == nil {
			return report, noSource(sources, name)
		}
		report.Sources, report.detailed = []delivery.Source{*s}, true
		query.Set("source", name)
	}
	if err := c.get(ctx, deliveryAPI+"documents", query, &report.Documents); err != nil {
		return report, err
	}
	if name == "" {
		if err := c.get(ctx, deliveryAPI+"database", nil, &report.Database); err != nil {
			return report, err
		}
	}
	if !o.all {
		report.Documents = notable(report.Documents)
		report.omitHeld()
	}
	return report, nil
}

// omitHeld leaves out documents that wait for the confirmation of a hold, which lists them.
func (r *statusReport) omitHeld() {
	r.Documents = slices.DeleteFunc(r.Documents, func(d delivery.Document) bool {
		s := named(r.Sources, d.Source)
		return d.Outcome == delivery.HeldBack && s != nil && s.Hold != nil && slices.Contains(s.Hold.Deletions, identity(d))
	})
}

func (r statusReport) write(w io.Writer, colour paint, now time.Time) {
	if r.detailed {
		sourceReport(w, colour, r.Sources[0], r.Documents, now)
		return
	}
	statusTable(w, colour, r, now)
}

// notable leaves out what is served as declared and has nothing to say.
func notable(documents []delivery.Document) []delivery.Document {
	kept := []delivery.Document{}
	for _, d := range documents {
		served := d.Outcome == delivery.Applied || d.Outcome == delivery.Unchanged || d.Outcome == delivery.Pruned
		if !served || len(d.Problems) > 0 || d.Awaits != "" {
			kept = append(kept, d)
		}
	}
	return kept
}
