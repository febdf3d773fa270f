package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/delivery"
)

const minRevision = 6 // letters of a revision that is cut

type waitOptions struct {
	connection
	source, revision string
	timeout          time.Duration
}

func newWaitCommand(e Env) *cobra.Command {
	var o waitOptions
	cmd := &cobra.Command{
		Use:   "wait --source SOURCE",
		Short: "Wait until a source serves a revision, or is ready",
		Long: `For the end of a pipeline: waits until the source serves the revision, and says
so. A revision may be cut, to no less than six letters; the version of a release
will do, but only a revision can be known to be refused. Without --revision it
waits until the source is ready with what it holds now. A server that is not
there yet is waited for.

The exit code is 0 if it is served, 5 if it is refused (a document is invalid;
the source is held, pinned or suspended), and 1 if time is up.`,
		Example: `  perseid wait --source dir:/srv/resources --timeout 2m
  perseid wait --source apps --revision "$(git rev-parse HEAD)"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.source == "" || o.timeout <= 0 {
				return usage(errors.New("expected --source, and a --timeout of more than nothing"))
			}
			return runWait(cmd.Context(), e, o)
		},
	}
	o.connection.addFlags(cmd)
	cmd.Flags().StringVar(&o.source, "source", "", "`SOURCE` to wait for")
	cmd.Flags().StringVar(&o.revision, "revision", "", "`REVISION` to wait for (default: whatever the source holds)")
	cmd.Flags().DurationVar(&o.timeout, "timeout", 5*time.Minute, "`TIME` to wait at most")
	_ = cmd.RegisterFlagCompletionFunc("source", completeSource(e, &o.connection, true)) // the flag was added above
	return cmd
}

func runWait(parent context.Context, e Env, o waitOptions) error {
	client, err := o.open(e)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(parent, o.timeout)
	defer cancel()
	w := waiting{e: e, waitOptions: o, client: client, state: "the server gave no answer"}
	if err := client.follow(ctx, e, true, func(sources []delivery.Source) (bool, error) { return w.look(ctx, sources) }); err != nil || w.done {
		return err
	}
	if parent.Err() != nil {
		return parent.Err()
	}
	return fmt.Errorf("time is up after %s: %s", o.timeout, w.state)
}

// waiting is a wait on its way.
type waiting struct {
	e Env
	waitOptions
	client *client
	state  string // how it stands, in a sentence
	done   bool
}

func (w *waiting) look(ctx context.Context, sources []delivery.Source) (bool, error) {
	s := named(sources, w.source)
	if s == nil {
		return false, noSource(sources, w.source)
	}
	wanted, err := w.wanted(ctx)
	if err != nil {
		return false, err
	}
	state := fmt.Sprintf("source %s is %s at revision %s%s", s.Name, s.State, clip(s.Revision, revisionWidth), because(*s))
	before := w.state
	w.state = printable(state)
	switch judge(*s, wanted) {
	case served:
		w.done = true
		fmt.Fprintf(w.e.Stdout, "served: source %s, revision %s\n", s.Name, printable(servedRevision(*s)))
		return true, nil
	case refused:
		return false, w.refuse(ctx, *s)
	}
	if w.state != before {
		fmt.Fprintln(w.e.Stderr, w.state)
	}
	return false, nil
}

// wanted is the revision to wait for, found by the version of a release if it is one.
func (w *waiting) wanted(ctx context.Context) (string, error) {
	if w.revision == "" {
		return "", nil
	}
	history, err := w.client.history(ctx, subject{source: w.source})
	i := slices.IndexFunc(history.Releases, func(r delivery.Release) bool { return r.Version == w.revision })
	if i < 0 {
		return w.revision, err
	}
	return history.Releases[i].Revision, err
}

// refuse shows the documents that stand in the way.
func (w *waiting) refuse(ctx context.Context, s delivery.Source) error {
	report, err := w.client.report(ctx, statusOptions{}, []delivery.Source{s}, s.Name)
	if err != nil {
		return err
	}
	for _, d := range report.Documents {
		if d.Outcome == delivery.Invalid || d.Outcome == delivery.Refused {
			documentLines(w.e.Stdout, w.e.paintFor(w.e.Stdout), d)
		}
	}
	err = fmt.Errorf("refused: %s", w.state)
	if s.Hold != nil {
		err = fmt.Errorf("%w (perseid prune %s shows what is held)", err, shellQuoted(s.Name))
	}
	return &exitError{code: exitInvalid, err: err}
}

// verdict is how a source stands towards what is waited for.
type verdict int

const (
	pending verdict = iota
	served
	refused
)

// judge holds a source against a wanted revision; "" wants what it holds now. What only a person can change is a refusal.
func judge(s delivery.Source, wanted string) verdict {
	if p := s.Pin; p != nil && wanted != "" && means(wanted, p.Revision) {
		return served
	}
	stuck := s.State == delivery.Suspended || s.State == delivery.Orphaned || s.State == delivery.Pinned && !s.Pin.UntilNewer
	switch {
	case stuck:
		return refused
	case wanted != "" && !means(wanted, s.Revision):
		return pending
	case s.State == delivery.Ready:
		return served
	case s.State == delivery.Degraded, s.State == delivery.Held, s.State == delivery.Pinned:
		return refused
	}
	return pending // syncing, or failing: reading it may work the next time
}

// means says whether a word is a revision, or the start of it.
func means(word, revision string) bool {
	bare := strings.TrimPrefix(revision, "sha256:")
	return word == revision || word == bare || len(word) >= minRevision && (strings.HasPrefix(revision, word) || strings.HasPrefix(bare, word))
}

func servedRevision(s delivery.Source) string {
	if s.Pin != nil {
		return s.Pin.Revision
	}
	return s.Revision
}
