package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

// sourceReport writes all that is known of one source, then its documents with every problem in its line.
func sourceReport(w io.Writer, colour paint, s delivery.Source, documents []delivery.Document, now time.Time) {
	fmt.Fprintln(w, printable(s.Name))
	facts(w, sourceFacts(colour, s, now))
	problemLines(w, colour, s.Location, s.Problems)
	if s.Hold != nil {
		holdLines(w, s)
	}
	excerpts := newExcerpts(s)
	for _, d := range documents {
		fmt.Fprintln(w)
		fmt.Fprintln(w, documentLine(colour, d))
		printProblems(w, colour, d.Problems, excerpts.of(d))
		fateLines(w, d)
	}
}

func sourceFacts(colour paint, s delivery.Source, now time.Time) [][2]string {
	state := colour.in(stateColour(s.State), string(s.State))
	if s.Reason != "" {
		state += ": " + printable(s.Reason)
	}
	rows := [][2]string{
		{"state", state + " (since " + age(s.Since, now) + ")"},
		{"reads", printable(cmp.Or(strings.TrimSpace(s.Kind+" "+s.Location), "nothing any more"))},
		{"last read", age(s.LastAttempt, now) + ", with success " + age(s.LastSuccess, now)},
		{"revision", printable(cmp.Or(s.Revision, "-"))},
		{"documents", fmt.Sprint(s.Documents) + outcomeCounts(s.Counts)},
	}
	if s.State == delivery.Orphaned {
		rows = [][2]string{rows[0], rows[4]}
	}
	if p := s.Pin; p != nil {
		rows = append(rows, [2]string{"pin", printable(p.Revision) + pinNote(*p, now)})
	}
	return rows
}

func outcomeCounts(counts map[delivery.Outcome]int) string {
	var parts []string
	for _, outcome := range delivery.Outcomes() {
		if n := counts[outcome]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, outcome))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

func pinNote(p delivery.Pin, now time.Time) string {
	switch {
	case p.Configured:
		return " (by the configuration)"
	case p.UntilNewer:
		return " (until something newer is offered, since " + age(p.Since, now) + ")"
	}
	return " (since " + age(p.Since, now) + ")"
}

// facts writes names and values in two columns.
func facts(w io.Writer, rows [][2]string) {
	for _, row := range rows {
		fmt.Fprintf(w, "  %-10s %s\n", row[0], row[1])
	}
}

// excerpts finds the lines that problems are in.
type excerpts struct {
	local  bool // origins are paths
	secret *regexp.Regexp
	// The file that was read last: documents come file by file.
	name string
	data []byte
}

func newExcerpts(s delivery.Source) *excerpts {
	return &excerpts{local: s.Kind == "directory", secret: secretKinds()}
}

// of shows lines of a document's file, if it can be read from here. It shows none of a file that speaks of a kind with secrets.
func (x *excerpts) of(d delivery.Document) func(problem.Problem) string {
	return func(p problem.Problem) string {
		if !x.local || p.Line == 0 {
			return ""
		}
		return lineAt(x.read(cmp.Or(p.Origin, d.Origin)), p.Line)
	}
}

func (x *excerpts) read(name string) []byte {
	if name == x.name {
		return x.data
	}
	x.name, x.data = name, nil
	// Opening anything but a file may block, or do something.
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() || info.Size() > maxGivenFile {
		return nil
	}
	if data, err := os.ReadFile(name); err == nil && !x.secret.Match(data) {
		x.data = data
	}
	return x.data
}
