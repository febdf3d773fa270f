package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func newUnpinCommand(e Env) *cobra.Command {
	var o resourceOptions
	cmd := &cobra.Command{
		Use:   "unpin SOURCE | KIND NAME",
		Short: "Follow a source, or the documents of a resource, again",
		Long: `Ends what perseid rollback or perseid undo pinned. A pin of the configuration
ends there.

` + subjectHelp,
		Example: `  perseid unpin dir:/srv/resources
  perseid unpin dashboard demo/cpu`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runUnpin(cmd.Context(), e, o, args)
		},
	}
	o.connection.addFlags(cmd)
	addProjectFlag(cmd, &o.project)
	cmd.ValidArgsFunction = completeSubject(e, &o.connection, &o.project)
	return cmd
}

func runUnpin(ctx context.Context, e Env, o resourceOptions, args []string) error {
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
	if err := client.order(ctx, s, "unpin", nil); err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "%s is followed again\n", s)
	return nil
}
