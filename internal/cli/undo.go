package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func newUndoCommand(e Env) *cobra.Command {
	var o resourceOptions
	cmd := &cobra.Command{
		Use:   "undo KIND NAME",
		Short: "Bring back a resource that was deleted or taken over",
		Long: `Brings back the content that a source last deleted or replaced without having
written it. What no source declares comes back unmanaged; what one does declare
is pinned to the content that comes back, until perseid unpin.

` + resourceHelp,
		Example: `  perseid undo dashboard demo/cpu`,
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runUndo(cmd.Context(), e, o, args[0], args[1])
		},
	}
	o.connection.addFlags(cmd)
	addProjectFlag(cmd, &o.project)
	cmd.ValidArgsFunction = completeResource(e, &o.connection, &o.project)
	return cmd
}

func runUndo(ctx context.Context, e Env, o resourceOptions, kind, name string) error {
	s, err := resourceOf(kind, name, o.project)
	if err != nil {
		return err
	}
	client, err := o.open(e)
	if err != nil {
		return err
	}
	if err := client.order(ctx, s, "undo", nil); err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "%s is back; perseid why %s shows how it stands\n", s, s.args())
	return nil
}
