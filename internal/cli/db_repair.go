package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/store"
)

type dbRepairOptions struct {
	file  string
	apply bool
	out   output
}

func newDBRepairCommand(e Env) *cobra.Command {
	var o dbRepairOptions
	cmd := &cobra.Command{
		Use:   "repair DIRECTORY",
		Short: "Mend what check finds in a database",
		Long: `Says what it would mend, and changes nothing; with --apply it mends it and says
what it did. The server must have stopped.

The journal is finished and the index brought up to date; a damaged index is
made anew. A document under another name, in another directory or in the other
format is moved to where it belongs, unless something else lies there. What
cannot be read as a document is moved to .perseid/quarantine, as are the
originals of what is written anew: nothing is lost. Modes that let others in are
narrowed. Files that are no documents are left.

What a source declares comes back with the server. The format, the case mode and
the encryption key are those of the configuration, as for check.`,
		Example: `  perseid db repair /var/lib/perseid
  perseid db repair --config /etc/perses/config.yaml /perses --apply`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			return runDBRepair(e, args[0], o)
		},
	}
	cmd.Flags().StringVar(&o.file, "config", "", "configuration `FILE` of the server")
	cmd.Flags().BoolVar(&o.apply, "apply", false, "mend it, rather than only say what would be done")
	o.out.addFlags(cmd)
	return cmd
}

// repaired is the product of repair.
type repaired struct {
	Applied bool           `json:"applied"`
	Actions []store.Action `json:"actions"`
	Check   *store.Report  `json:"check,omitempty"` // of the database that was mended
}

func runDBRepair(e Env, directory string, o dbRepairOptions) error {
	options, err := databaseOptions(e, directory, o.file)
	if err != nil {
		return err
	}
	result := repaired{Applied: o.apply}
	result.Actions, err = store.Repair(directory, options, o.apply)
	if err == nil && o.apply {
		var report store.Report
		report, err = store.Check(directory, options)
		result.Check = &report
	}
	// What was done before it failed is done.
	if printed := o.out.print(e.Stdout, result, func(w io.Writer) { result.write(w, e.paintFor(e.Stdout)) }); printed != nil || err != nil {
		return errors.Join(err, printed)
	}
	if result.Check != nil && result.Check.Problems.Invalid() {
		return shown(exitInvalid)
	}
	return nil
}

func (r repaired) write(w io.Writer, colour paint) {
	todo := 0
	for _, a := range r.Actions {
		to := ""
		if a.To != "" {
			to = " → " + a.To
		}
		tint := green
		if a.Left {
			tint = yellow
		} else {
			todo++
		}
		fmt.Fprintf(w, "%s%s\n  %s\n", printable(a.Path), printable(to), colour.in(tint, printable(a.Done)))
	}
	switch {
	case r.Check != nil:
		checkLines(w, colour, *r.Check)
	case r.Applied:
	case todo == 0:
		fmt.Fprintln(w, "There is nothing to mend.")
	default:
		fmt.Fprintf(w, "Nothing was changed. %s would be done; run it again with --apply.\n", plural(todo, "thing"))
	}
}
