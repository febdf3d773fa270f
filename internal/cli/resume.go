package cli

import "github.com/spf13/cobra"

func newResumeCommand(e Env) *cobra.Command {
	var o connection
	cmd := &cobra.Command{
		Use:   "resume SOURCE",
		Short: "Follow a suspended source again",
		Long: `What the source declares is served again. What others changed of its resources
meanwhile is replaced, and kept: perseid undo brings it back.`,
		Example: `  perseid resume dir:/srv/resources`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSuspend(cmd.Context(), e, o, args[0], "resume", "source %s is followed again; perseid status %s shows what became of it\n")
		},
		ValidArgsFunction: completeSource(e, &o, false),
	}
	o.addFlags(cmd)
	return cmd
}
