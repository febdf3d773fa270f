package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func newSuspendCommand(e Env) *cobra.Command {
	var o connection
	cmd := &cobra.Command{
		Use:   "suspend SOURCE",
		Short: "Leave what a source serves as it is, and let anybody change it",
		Long: `The source is read no more than to know what it holds: nothing of it is applied
or pruned, and its resources may be written through the API. perseid resume
ends that, and what the source declares is served again.`,
		Example: `  perseid suspend dir:/srv/resources`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSuspend(cmd.Context(), e, o, args[0], "suspend", "source %s is suspended until perseid resume %s\n")
		},
		ValidArgsFunction: completeSource(e, &o, false),
	}
	o.addFlags(cmd)
	return cmd
}

// runSuspend carries out suspend or resume.
func runSuspend(ctx context.Context, e Env, o connection, name, verb, done string) error {
	client, err := o.open(e)
	if err != nil {
		return err
	}
	if err := client.order(ctx, subject{source: name}, verb, nil); err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, done, name, shellQuoted(name))
	return nil
}
