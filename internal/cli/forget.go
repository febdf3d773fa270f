package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

type forgetOptions struct {
	connection
	prune, dryRun bool
	out           output
}

func newForgetCommand(e Env) *cobra.Command {
	var o forgetOptions
	cmd := &cobra.Command{
		Use:   "forget SOURCE",
		Short: "Give up what a source left that is no longer configured",
		Long: `A source that is taken out of the configuration leaves its resources behind:
served, protected and orphaned, until another source declares them. This gives
them up: they stay and may be written by anybody, or with --prune they are
deleted, as far as they are still as the source last wrote them.`,
		Example: `  perseid forget dir:/srv/old --prune --dry-run
  perseid forget dir:/srv/old --prune`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			return runForget(cmd.Context(), e, o, args[0])
		},
	}
	o.connection.addFlags(cmd)
	cmd.Flags().BoolVar(&o.prune, "prune", false, "delete the resources")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would change, and change nothing")
	o.out.addFlags(cmd)
	cmd.ValidArgsFunction = completeSource(e, &o.connection, false)
	return cmd
}

func runForget(ctx context.Context, e Env, o forgetOptions, name string) error {
	client, err := o.open(e)
	if err != nil {
		return err
	}
	s, body := subject{source: name}, map[string]bool{"prune": o.prune}
	if o.dryRun {
		preview, err := client.try(ctx, s, "forget", body)
		if err != nil {
			return err
		}
		return o.out.print(e.Stdout, preview, func(w io.Writer) { previewLines(w, e.paintFor(e.Stdout), preview) })
	}
	if err := client.order(ctx, s, "forget", body); err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "source %s is forgotten\n", name)
	return nil
}
