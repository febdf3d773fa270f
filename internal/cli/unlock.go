package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

type unlockOptions struct {
	connection
	project string
	time    time.Duration
}

func newUnlockCommand(e Env) *cobra.Command {
	var o unlockOptions
	cmd := &cobra.Command{
		Use:   "unlock KIND NAME --for TIME",
		Short: "Make a managed resource writable for a while",
		Long: `For when something must be changed now, and the pipeline is too slow: until the
time is over the resource may be written through the API. Then what its source
declares is served again, and what was changed is kept: perseid undo brings it
back. --for 0s locks the resource at once.

` + resourceHelp,
		Example: `  perseid unlock dashboard demo/cpu --for 2h
  perseid unlock dashboard demo/cpu --for 0s`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("for") || o.time < 0 {
				return usage(fmt.Errorf("say for how long, such as --for 2h"))
			}
			return runUnlock(cmd.Context(), e, o, args[0], args[1])
		},
	}
	o.connection.addFlags(cmd)
	addProjectFlag(cmd, &o.project)
	cmd.Flags().DurationVar(&o.time, "for", 0, "`TIME` such as 30m or 2h; at most 168h")
	cmd.ValidArgsFunction = completeResource(e, &o.connection, &o.project)
	return cmd
}

func runUnlock(ctx context.Context, e Env, o unlockOptions, kind, name string) error {
	s, err := resourceOf(kind, name, o.project)
	if err != nil {
		return err
	}
	client, err := o.open(e)
	if err != nil {
		return err
	}
	if err := client.order(ctx, s, "unlock", map[string]string{"for": o.time.String()}); err != nil {
		return err
	}
	if o.time == 0 {
		fmt.Fprintf(e.Stdout, "%s is locked\n", s)
		return nil
	}
	fmt.Fprintf(e.Stdout, "%s may be written until %s\n", s, moment(time.Now().Add(o.time)))
	return nil
}
