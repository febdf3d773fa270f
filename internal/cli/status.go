package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/delivery"
)

const defaultServer = "http://localhost:8080"

type statusOptions struct {
	server string
	all    bool
	out    output
}

func newStatusCommand(e Env) *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:   "status [SOURCE]",
		Short: "Show what became of every source and document",
		Long: `Asks a running server for its sources, and for the documents that are not
served as they are declared: invalid, shadowed by another, waiting, released.
The exit code is 0 whatever the state; it is 1 if the server does not answer.`,
		Example: `  perseid status
  perseid status dir:/etc/perses/provisioning --all
  perseid status --server https://perses.example.com/prefix -o json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			return runStatus(cmd.Context(), e, o, strings.Join(args, ""))
		},
	}
	cmd.Flags().StringVar(&o.server, "server", "", "`URL` of the server, with its api_prefix (default $PERSEID_SERVER or "+defaultServer+")")
	cmd.Flags().BoolVar(&o.all, "all", false, "show every document")
	o.out.addFlags(cmd)
	return cmd
}

// statusReport is the product of status.
type statusReport struct {
	Sources   []delivery.Source   `json:"sources"`
	Documents []delivery.Document `json:"documents"`
}

func runStatus(ctx context.Context, e Env, o statusOptions, name string) error {
	client, err := newClient(cmp.Or(o.server, e.Getenv("PERSEID_SERVER"), defaultServer))
	if err != nil {
		return err
	}
	var report statusReport
	if err := client.get(ctx, "api/delivery/v1/sources", nil, &report.Sources); err != nil {
		return err
	}
	query := url.Values{}
	if name != "" {
		if report.Sources, err = only(report.Sources, name); err != nil {
			return err
		}
		query.Set("source", name)
	}
	if err := client.get(ctx, "api/delivery/v1/documents", query, &report.Documents); err != nil {
		return err
	}
	if !o.all {
		report.Documents = notable(report.Documents)
	}
	return o.out.print(e.Stdout, report, func(w io.Writer) {
		statusTable(w, e.paintFor(e.Stdout), report, time.Now())
	})
}

func only(sources []delivery.Source, name string) ([]delivery.Source, error) {
	var names []string
	for _, s := range sources {
		if s.Name == name {
			return []delivery.Source{s}, nil
		}
		names = append(names, s.Name)
	}
	return nil, fmt.Errorf("the server has no source %q: it has %s", name, cmp.Or(strings.Join(names, ", "), "none"))
}

// notable leaves out what is served as declared and has nothing to say.
func notable(documents []delivery.Document) []delivery.Document {
	kept := []delivery.Document{}
	for _, d := range documents {
		served := d.Outcome == delivery.Applied || d.Outcome == delivery.Unchanged || d.Outcome == delivery.Pruned
		if !served || len(d.Problems) > 0 {
			kept = append(kept, d)
		}
	}
	return kept
}
