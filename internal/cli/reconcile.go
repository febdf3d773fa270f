package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/delivery"
)

type reconcileOptions struct {
	connection
	full, wait bool
	timeout    time.Duration
}

func newReconcileCommand(e Env) *cobra.Command {
	var o reconcileOptions
	cmd := &cobra.Command{
		Use:   "reconcile [SOURCE...]",
		Short: "Have sources read and applied now",
		Long: `Sources are followed without being asked. This is for those that are not
watched, and for doubts: with --full every file is read, whatever its time and
size say. Without SOURCE it is about all of them.

With --wait the command returns once they have been read and applied, and shows
how they stand: exit code 0 if they are well, 5 if a document is not valid, 4 if
deletions are held back, 1 if a source could not be read or time is up.`,
		Example: `  perseid reconcile
  perseid reconcile dir:/srv/resources --full --wait`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.timeout <= 0 {
				return usage(errors.New("expected a --timeout of more than nothing"))
			}
			return runReconcile(cmd.Context(), e, o, args)
		},
	}
	o.connection.addFlags(cmd)
	cmd.Flags().BoolVar(&o.full, "full", false, "read every file, changed or not")
	cmd.Flags().BoolVar(&o.wait, "wait", false, "return once the sources are applied")
	cmd.Flags().DurationVar(&o.timeout, "timeout", 5*time.Minute, "`TIME` to wait at most")
	cmd.ValidArgsFunction = completeSource(e, &o.connection, true)
	return cmd
}

func runReconcile(ctx context.Context, e Env, o reconcileOptions, names []string) error {
	client, err := o.open(e)
	if err != nil {
		return err
	}
	sources, err := client.sources(ctx)
	if err != nil {
		return err
	}
	asked, err := chosen(sources, names)
	if err != nil {
		return err
	}
	for _, s := range asked {
		query := url.Values{}
		if o.full {
			query.Set("full", "true")
		}
		if err := client.command(ctx, subject{source: s.Name}, "reconcile", query, nil, nil); err != nil {
			return err
		}
	}
	if !o.wait {
		fmt.Fprintf(e.Stdout, "%s asked to reconcile\n", plural(len(asked), "source"))
		return nil
	}
	return client.awaitListing(ctx, e, o.timeout, asked)
}

// chosen are the sources that are named; all that are configured if none is.
func chosen(sources []delivery.Source, names []string) ([]delivery.Source, error) {
	var out []delivery.Source
	for _, name := range names {
		s := named(sources, name)
		if s == nil {
			return nil, noSource(sources, name)
		}
		out = append(out, *s)
	}
	for _, s := range sources {
		if len(names) == 0 && s.State != delivery.Orphaned {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("the server follows no sources")
	}
	return out, nil
}

// awaitListing waits until each source was listed after it was seen as it is in asked, and shows how they stand.
func (c *client) awaitListing(parent context.Context, e Env, timeout time.Duration, asked []delivery.Source) error {
	ctx, cancel := context.WithTimeout(parent, timeout)
	defer cancel()
	var now []delivery.Source
	done := false
	err := c.follow(ctx, e, false, func(sources []delivery.Source) (bool, error) {
		now, done = now[:0], true
		for _, before := range asked {
			s := named(sources, before.Name)
			if s == nil {
				return false, noSource(sources, before.Name)
			}
			done = done && s.LastAttempt.After(before.LastAttempt)
			now = append(now, *s)
		}
		return done, nil
	})
	if err != nil {
		return err
	}
	if !done {
		return fmt.Errorf("time is up after %s: not all sources were read and applied", timeout)
	}
	statusTable(e.Stdout, e.paintFor(e.Stdout), statusReport{Sources: now}, time.Now())
	return standing(now)
}

// standing is the exit code for how sources stand, the worst first.
func standing(sources []delivery.Source) error {
	has := map[delivery.State]bool{}
	for _, s := range sources {
		has[s.State] = true
	}
	switch {
	case has[delivery.Failing]:
		return shown(exitFailed)
	case has[delivery.Degraded]:
		return shown(exitInvalid)
	case has[delivery.Held]:
		return shown(exitPartly)
	}
	return nil
}
