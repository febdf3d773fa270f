package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/delivery"
)

type rollbackOptions struct {
	connection
	project            string
	untilNewer, dryRun bool
	out                output
}

func newRollbackCommand(e Env) *cobra.Command {
	var o rollbackOptions
	cmd := &cobra.Command{
		Use:   "rollback SOURCE [REVISION] | KIND NAME [VERSION]",
		Short: "Return to an earlier release or version, and stay there",
		Long: `Returns a source to a release, the one before the present one unless REVISION
says which: its revision, the start of it, or its version. What later releases
brought is removed. Of a source without releases, and of any other, one resource
can be returned to a previous content. perseid history lists both.

The source or resource is pinned: what is declared anew changes nothing until
perseid unpin or, with --until-newer, until the source offers what it did not
offer before.

` + subjectHelp,
		Example: `  perseid rollback dir:/srv/resources --dry-run
  perseid rollback dir:/srv/resources v1.4.0 --until-newer
  perseid rollback dashboard demo/cpu 3`,
		Args: cobra.RangeArgs(1, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			return runRollback(cmd.Context(), e, o, args)
		},
	}
	o.connection.addFlags(cmd)
	addProjectFlag(cmd, &o.project)
	cmd.Flags().BoolVar(&o.untilNewer, "until-newer", false, "follow the source again once it offers something newer")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would change, and change nothing")
	o.out.addFlags(cmd)
	cmd.ValidArgsFunction = completeSubject(e, &o.connection, &o.project)
	return cmd
}

func runRollback(ctx context.Context, e Env, o rollbackOptions, args []string) error {
	client, err := o.open(e)
	if err != nil {
		return err
	}
	s, rest, err := client.subjectOf(ctx, args, o.project)
	if err != nil {
		return err
	}
	body, err := o.body(s, rest)
	if err != nil {
		return err
	}
	if o.dryRun {
		preview, err := client.try(ctx, s, "rollback", body)
		if err != nil {
			return err
		}
		return o.out.print(e.Stdout, preview, func(w io.Writer) { previewLines(w, e.paintFor(e.Stdout), preview) })
	}
	if err := client.order(ctx, s, "rollback", body); err != nil {
		return err
	}
	return client.rolledBack(ctx, e, s)
}

// body is what the server is told; rest is what follows the subject.
func (o rollbackOptions) body(s subject, rest []string) (map[string]any, error) {
	if len(rest) > 1 {
		return nil, noMore(rest[1:])
	}
	body := map[string]any{}
	switch {
	case s.kind == nil:
		body["untilNewer"] = o.untilNewer
		if len(rest) == 1 {
			body["revision"] = rest[0]
		}
	case o.untilNewer:
		return nil, usage(fmt.Errorf("--until-newer is for sources: a resource stays pinned until perseid unpin"))
	case len(rest) == 1:
		version, err := strconv.ParseUint(rest[0], 10, 64)
		if err != nil {
			return nil, usage(fmt.Errorf("version %q: expected a number that perseid history %s lists", rest[0], s.args()))
		}
		body["version"] = version
	}
	return body, nil
}

// rolledBack says what the server made of a rollback.
func (c *client) rolledBack(ctx context.Context, e Env, s subject) error {
	if s.kind != nil {
		fmt.Fprintf(e.Stdout, "%s is rolled back, and stays so until perseid unpin %s\n", s, s.args())
		return nil
	}
	source, err := c.source(ctx, s.source)
	if err != nil {
		return err
	}
	pin := source.Pin
	if pin == nil {
		pin = &delivery.Pin{Revision: "its release"}
	}
	until := "perseid unpin " + s.args()
	if pin.UntilNewer {
		until += ", or something newer is offered"
	}
	fmt.Fprintf(e.Stdout, "%s is rolled back to %s until %s\n", s, printable(pin.Revision), until)
	fmt.Fprint(e.Stderr, `The pin is kept in the database. Where that does not outlive the server, or
several servers run, declare it instead: pin, in delivery.sources of the
configuration.
`)
	return nil
}
