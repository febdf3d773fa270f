package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

var errWatchTable = errors.New("--watch prints lines: leave --output out")

// clearScreen moves to the upper left corner and clears what is below.
const clearScreen = "\x1b[H\x1b[J"

// runStatusWatch shows the status whenever it changes, until it is interrupted. A server that is away for a while is waited for.
func runStatusWatch(ctx context.Context, e Env, o statusOptions, client *client, name string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	var before *statusReport
	return client.follow(ctx, e, false, func(sources []delivery.Source) (bool, error) {
		report, err := client.report(ctx, o, sources, name)
		if err != nil {
			return false, err
		}
		if e.onTerminal(e.Stdout) {
			fmt.Fprint(e.Stdout, clearScreen)
			report.write(e.Stdout, e.paintFor(e.Stdout), time.Now())
		} else {
			changeLines(e.Stdout, before, report, time.Now())
		}
		before = &report
		return false, nil
	})
}

// changeLines writes a line for each source and document that is not as before; all of them where there is no before.
func changeLines(w io.Writer, before *statusReport, now statusReport, at time.Time) {
	was := map[string]string{}
	if before != nil {
		was = before.lines()
	}
	is := now.lines()
	for _, key := range now.keys() {
		if is[key] != was[key] {
			fmt.Fprintf(w, "%s %s\n", at.Format(time.TimeOnly), is[key])
		}
	}
	if before == nil {
		return
	}
	for _, key := range before.keys() {
		if _, still := is[key]; !still {
			fmt.Fprintf(w, "%s no longer: %s\n", at.Format(time.TimeOnly), was[key])
		}
	}
}

// because is a source's reason, if it has one, for the end of a sentence.
func because(s delivery.Source) string {
	if s.Reason == "" {
		return ""
	}
	return ": " + s.Reason
}

func sourceKey(s delivery.Source) string { return "source " + s.Name }

func documentKey(d delivery.Document) string {
	return fmt.Sprintf("%s %s %d %s", d.Source, d.Origin, d.Index, identity(d))
}

func (r statusReport) keys() []string {
	var keys []string
	for _, s := range r.Sources {
		keys = append(keys, sourceKey(s))
	}
	for _, d := range r.Documents {
		keys = append(keys, documentKey(d))
	}
	return keys
}

// lines say each source and document in one line, without what changes with every listing.
func (r statusReport) lines() map[string]string {
	lines := map[string]string{}
	for _, s := range r.Sources {
		lines[sourceKey(s)] = fmt.Sprintf("%s is %s at %s%s", s.Name, s.State, clip(s.Revision, revisionWidth), because(s))
	}
	for _, d := range r.Documents {
		line := fmt.Sprintf("%s %s  %s", d.Outcome, identity(d), d.Origin)
		for _, p := range d.Problems {
			p.Origin, p.Hint = "", "" // the line has the one, and no room for the other
			line += "; " + p.String()
		}
		lines[documentKey(d)] = line
	}
	for key, line := range lines {
		lines[key] = printable(line)
	}
	return lines
}
