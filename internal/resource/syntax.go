package resource

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/perseid-dev/perseid/internal/problem"
)

// fault is what people are told of text that a parser does not take, and what to do about it.
type fault struct{ message, hint string }

// damage finds what is wrong with a text before any grammar comes into it; nil if nothing is. It is asked once a parser has given up:
// parsers say of such a text only that they do not like it, and some do not say where.
func damage(data []byte) *problem.Problem {
	at, f := -1, fault{}
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		at, f = 0, fault{"the file is written in UTF-16", "save it as UTF-8"}
	default:
		at, f = badCharacter(data)
	}
	if at < 0 {
		at, f = mergeConflict(data)
	}
	if at < 0 {
		return nil
	}
	line, column := position(string(data), at)
	return &problem.Problem{Code: problem.CodeSyntax, Severity: problem.Error, Line: line, Column: column, Message: f.message, Hint: f.hint}
}

// badCharacter finds the first byte that belongs into no text; -1 if there is none.
func badCharacter(data []byte) (int, fault) {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return i, fault{"a character that is not UTF-8", "save the file as UTF-8"}
		case r == 0:
			return i, fault{"a NUL byte", "the file is no text, or was not written to its end: write it again"}
		case r < ' ' && r != '\t' && r != '\n' && r != '\r':
			return i, fault{fmt.Sprintf("the control character %U", r), "remove it"}
		}
		i += size
	}
	return -1, fault{}
}

// mergeConflict finds what Git writes where it could not merge; -1 if there is nothing of the sort.
func mergeConflict(data []byte) (int, fault) {
	for _, marker := range []string{"<<<<<<< ", ">>>>>>> "} {
		if at := bytes.Index(append([]byte("\n"), data...), []byte("\n"+marker)); at >= 0 {
			return at, fault{"a merge conflict of Git that is not resolved", "choose a side, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>"}
		}
	}
	return -1, fault{}
}

// wordForWord are the complaints of a parser and what is said instead. The first whose words are in a complaint counts.
type wordForWord []struct {
	words string
	fault
}

// say turns a complaint into a sentence. One that is not known is shown as it is.
func (t wordForWord) say(complaint string) fault {
	for _, row := range t {
		if strings.Contains(complaint, row.words) {
			return row.fault
		}
	}
	return fault{message: complaint}
}

// unrendered is what to do about two braces where a parser has given up.
const unrendered = "this looks like a template: render it first"

// position makes a line and a column, both 1-based and the column in characters, of a byte offset.
func position(text string, offset int) (line, column int) {
	before := text[:min(max(offset, 0), len(text))]
	line, column = 1, 1
	for i := 0; i < len(before); i++ {
		if before[i] == '\n' {
			line++
		}
	}
	if nl := bytes.LastIndexByte([]byte(before), '\n'); nl >= 0 {
		before = before[nl+1:]
	}
	return line, column + utf8.RuneCountInString(before)
}
