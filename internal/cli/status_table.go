package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

const (
	nameWidth     = 26
	revisionWidth = 12
)

// statusTable writes sources, one a line with its reason below, then documents, each with its problems below.
func statusTable(w io.Writer, colour paint, report statusReport, now time.Time) {
	if len(report.Sources) == 0 {
		fmt.Fprintln(w, "The server follows no sources.")
		return
	}
	rows := [][]string{{"SOURCE", "STATE", "REVISION", "DOCS", "PROBLEMS", "LAST READ"}}
	for _, s := range report.Sources {
		rows = append(rows, []string{
			tail(s.Name, nameWidth), string(s.State), clip(s.Revision, revisionWidth), fmt.Sprint(s.Documents),
			fmt.Sprint(s.Counts[delivery.Invalid] + s.Counts[delivery.Refused] + len(s.Problems)), age(s.LastSuccess, now),
		})
	}
	lines := aligned(rows)
	fmt.Fprintln(w, colour.in(dim, lines[0]))
	for i, s := range report.Sources {
		// Colour comes after alignment: escapes would count as width.
		fmt.Fprintln(w, strings.Replace(lines[i+1], " "+string(s.State)+" ", " "+colour.in(stateColour(s.State), string(s.State))+" ", 1))
		sourceDetails(w, colour, s)
	}
	databaseLines(w, colour, report.Database)
	if len(report.Documents) > 0 {
		fmt.Fprintln(w)
	}
	for _, d := range report.Documents {
		documentLines(w, colour, d)
	}
}

func sourceDetails(w io.Writer, colour paint, s delivery.Source) {
	if s.Reason != "" {
		fmt.Fprintln(w, "  "+printable(s.Reason))
	}
	problemLines(w, colour, s.Location, s.Problems)
	if s.Hold != nil {
		fmt.Fprintln(w, "  confirm: perseid prune "+shellQuoted(s.Name))
	}
}

// databaseLines says what is wrong with the database; nothing if nothing is.
func databaseLines(w io.Writer, colour paint, d *delivery.Database) {
	if d == nil || len(d.Notes)+len(d.Problems) == 0 {
		return
	}
	fmt.Fprintln(w, "\ndatabase "+printable(d.Folder))
	for _, note := range d.Notes {
		fmt.Fprintln(w, "  "+colour.in(yellow, "note")+": "+printable(note))
	}
	for _, p := range d.Problems {
		fmt.Fprintf(w, "  %s: %s\n", severity(colour, p), printable(p.String()))
	}
}

func documentLines(w io.Writer, colour paint, d delivery.Document) {
	fmt.Fprintln(w, documentLine(colour, d)+"  "+colour.in(dim, printable(d.Origin)))
	problemLines(w, colour, d.Origin, d.Problems)
	fateLines(w, d)
}

// documentLine says which document it is, and what became of it.
func documentLine(colour paint, d delivery.Document) string {
	return colour.in(outcomeColour(d.Outcome), fmt.Sprintf("%-9s", d.Outcome)) + " " + printable(identity(d))
}

// identity names a document by its resource, or by its place in the file where it is not known.
func identity(d delivery.Document) string {
	if d.Name == "" {
		return "document " + fmt.Sprint(d.Index+1)
	}
	return resource.ID{Kind: d.Kind, Project: d.Project, Name: d.Name}.String()
}

// fateLines say who is served instead of a document, and what it waits for.
func fateLines(w io.Writer, d delivery.Document) {
	if d.Winner != "" {
		fmt.Fprintln(w, "  served instead: "+printable(d.Winner))
	}
	if d.Awaits != "" {
		fmt.Fprintln(w, "  awaits: "+printable(d.Awaits))
	}
}

// problemLines names the origin of a problem unless it is in the line above.
func problemLines(w io.Writer, colour paint, above string, problems []problem.Problem) {
	for _, p := range problems {
		place := ""
		if p.Origin == above {
			p.Origin = ""
		}
		if p.Line > 0 && p.Origin == "" {
			place = fmt.Sprintf("%d:%d: ", p.Line, p.Column)
		}
		message, text, _ := strings.Cut(p.String(), "\n")
		fmt.Fprintf(w, "  %s: %s%s\n", severity(colour, p), place, printable(message))
		for line := range strings.Lines(text) { // to be written as it is
			fmt.Fprintln(w, printable(strings.TrimSuffix(line, "\n")))
		}
	}
}

func stateColour(s delivery.State) string {
	switch s {
	case delivery.Ready:
		return green
	case delivery.Failing:
		return red
	}
	return yellow
}

func outcomeColour(o delivery.Outcome) string {
	switch o {
	case delivery.Applied, delivery.Unchanged:
		return green
	case delivery.Invalid, delivery.Refused:
		return red
	}
	return yellow
}

// age is how long ago, in the one unit that says most.
func age(at, now time.Time) string {
	d := now.Sub(at)
	switch {
	case at.IsZero():
		return "never"
	case d < time.Minute:
		return fmt.Sprintf("%ds ago", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%dm ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh ago", int(d.Hours()))
	}
	return fmt.Sprintf("%dd ago", int(d.Hours()/24))
}

func clip(s string, width int) string {
	r := []rune(printable(strings.TrimPrefix(s, "sha256:")))
	if len(r) > width {
		r = r[:width]
	}
	return cmp.Or(string(r), "-")
}

// tail keeps the end of a long name, which tells directories apart.
func tail(s string, width int) string {
	r := []rune(printable(s))
	if len(r) > width {
		r = append([]rune("…"), r[len(r)-width+1:]...)
	}
	return string(r)
}
