package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/perseid-dev/perseid/internal/problem"
)

const maxExcerpt = 76 // columns

// printProblems writes each problem with its hint and, where lineOf knows it, the line it is in with a caret below.
// lineOf returns "" for what must not be shown.
func printProblems(w io.Writer, colour paint, problems problem.List, lineOf func(problem.Problem) string) {
	for _, p := range problems {
		hint := p.Hint
		p.Hint = ""
		fmt.Fprintf(w, "%s: %s\n", severity(colour, p), p)
		if lineOf != nil {
			excerpt(w, colour, lineOf(p), p.Column)
		}
		if hint != "" {
			advice, text, _ := strings.Cut(hint, "\n")
			fmt.Fprintf(w, "  %s\n", colour.in(dim, "hint: "+advice))
			for line := range strings.Lines(text) {
				fmt.Fprintf(w, "    %s\n", strings.TrimSuffix(line, "\n"))
			}
		}
	}
}

func severity(colour paint, p problem.Problem) string {
	if p.Severity == problem.Warning {
		return colour.in(yellow, "warning")
	}
	return colour.in(red, "error")
}

// excerpt cuts a long line to the part around the column, which counts bytes from 1.
func excerpt(w io.Writer, colour paint, line string, column int) {
	if line == "" || column < 1 || column > len(line)+1 {
		return
	}
	before, after := printable(line[:column-1]), printable(line[column-1:])
	if n := utf8.RuneCountInString(before); n > maxExcerpt/2 && n+utf8.RuneCountInString(after) > maxExcerpt {
		before = "…" + string([]rune(before)[n-maxExcerpt/2+1:])
	}
	room := maxExcerpt - utf8.RuneCountInString(before)
	if r := []rune(after); len(r) > room {
		after = string(r[:room-1]) + "…"
	}
	fmt.Fprintf(w, "  | %s%s\n  | %s%s\n", before, after, strings.Repeat(" ", utf8.RuneCountInString(before)), colour.in(red, "^"))
}

// printable keeps what a document holds from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == utf8.RuneError:
			return '.'
		}
		return r
	}, s)
}

// lineAt returns one line of a text, counted from 1; "" if there is none.
func lineAt(data []byte, line int) string {
	for i := 1; line > 0; i++ {
		text, rest, more := bytes.Cut(data, []byte("\n"))
		if i == line {
			return strings.TrimRight(string(text), "\r")
		}
		if !more {
			break
		}
		data = rest
	}
	return ""
}

// byPlace orders problems as a reader meets them.
func byPlace(problems problem.List) {
	slices.SortStableFunc(problems, func(a, b problem.Problem) int {
		return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

func countProblems(problems problem.List) (errors, warnings int) {
	for _, p := range problems {
		if p.Severity == problem.Warning {
			warnings++
		} else {
			errors++
		}
	}
	return errors, warnings
}

// summary is the last line of a check.
func summary(colour paint, what string, problems problem.List) string {
	errors, warnings := countProblems(problems)
	switch {
	case errors > 0:
		return fmt.Sprintf("%s: %s, %s", what, colour.in(red, plural(errors, "error")), plural(warnings, "warning"))
	case warnings > 0:
		return fmt.Sprintf("%s: no errors, %s", what, colour.in(yellow, plural(warnings, "warning")))
	}
	return what + ": " + colour.in(green, "no problems")
}
