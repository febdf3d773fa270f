package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/delivery"
)

const maxShownDeletions = 50 // -o json shows all

type pruneOptions struct {
	connection
	confirm string
	out     output
}

func newPruneCommand(e Env) *cobra.Command {
	var o pruneOptions
	cmd := &cobra.Command{
		Use:   "prune SOURCE",
		Short: "Show the deletions a source holds back, and confirm them",
		Long: `A source that suddenly declares much less than before does not take everything
away at once: its deletions are held until somebody confirms them. Without
--confirm the command lists what is held, and the ID to confirm it with. The ID
stands for exactly this list: if the list changes, so does the ID.`,
		Example: `  perseid prune dir:/srv/resources
  perseid prune dir:/srv/resources --confirm 3f9c2a61`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			return runPrune(cmd.Context(), e, o, args[0])
		},
	}
	o.connection.addFlags(cmd)
	cmd.Flags().StringVar(&o.confirm, "confirm", "", "`ID` of the hold whose deletions may be carried out")
	o.out.addFlags(cmd)
	cmd.ValidArgsFunction = completeSource(e, &o.connection, false)
	return cmd
}

func runPrune(ctx context.Context, e Env, o pruneOptions, name string) error {
	client, err := o.open(e)
	if err != nil {
		return err
	}
	source, err := client.source(ctx, name)
	if err != nil {
		return err
	}
	if o.confirm == "" {
		return o.out.print(e.Stdout, source.Hold, func(w io.Writer) {
			if source.Hold == nil {
				fmt.Fprintf(w, "source %s holds nothing back\n", name)
				return
			}
			holdLines(w, source)
		})
	}
	if err := client.order(ctx, subject{source: name}, "prune", map[string]string{"id": o.confirm}); err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "source %s may carry out the deletions of hold %s\n", name, o.confirm)
	return nil
}

// holdLines lists the deletions of a hold, and says how to confirm them.
func holdLines(w io.Writer, s delivery.Source) {
	h := s.Hold
	fmt.Fprintf(w, "held back: %s, %s\n", plural(len(h.Deletions), "deletion"), printable(h.Reason))
	for i, id := range h.Deletions {
		if i == maxShownDeletions {
			fmt.Fprintf(w, "  … and %d more\n", len(h.Deletions)-i)
			break
		}
		fmt.Fprintln(w, "  "+printable(id))
	}
	fmt.Fprintf(w, "to carry them out: perseid prune %s --confirm %s\n", shellQuoted(s.Name), printable(h.ID))
}
