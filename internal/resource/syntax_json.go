package resource

import (
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/perseid-dev/perseid/internal/problem"
)

// jsonFault says what is wrong where next is the character that the parser stopped at; 0 for the end.
func jsonFault(complaint string, next byte) fault {
	expectsSomething := strings.Contains(complaint, "at start of") || strings.Contains(complaint, " (expecting ',' or ")
	switch {
	case expectsSomething && next == '\'':
		return fault{"text in single quotes", `use double quotes`}
	case expectsSomething && (next == '/' || next == '#'):
		return fault{"a comment", "remove it, or give the file a name that ends in .yaml and begin comments with #"}
	case strings.Contains(complaint, "at start of") && strings.IndexByte(",]}", next) >= 0:
		return fault{"a value is missing, or the comma before is one too many", ""}
	}
	return jsonFaults.say(complaint)
}

var nameless = fault{"a name without quotes", "put it in double quotes"}

var jsonFaults = wordForWord{
	{"name must be a string", nameless},
	{"at start of value", fault{"a value that begins as none does", "put text in double quotes"}},
	{"in literal", fault{"a word that is none of true, false and null", "put text in double quotes"}},
	{"after object name", fault{"a colon is missing after a name", ""}},
	{"expecting ',' or", fault{"a comma or a closing bracket is missing before this", ""}},
	{"mismatching", fault{"a bracket that closes what another sort of bracket began", ""}},
	{"missing value", fault{"a value is missing after a name", ""}},
	{"non-control character", fault{"a line break or tab inside quotes", `write \n or \t, or close the quote`}},
	{"in number", fault{"a number that is not written as in 1, -2.5 or 1e9", ""}},
	{"escape sequence", fault{`a backslash that JSON does not know`, `write \\ for a backslash`}},
	{"surrogate pair", fault{`half of a \u pair`, "write the character itself"}},
}

// quoted is what a message of the parser may quote of the document, which may be part of a secret.
var quoted = regexp.MustCompile("^jsontext: |(character|sequence|surrogate pair) ('(\\\\.|[^'])*'|`[^`]*`|\"[^\"]*\")")

// problem puts the parser's complaint in a form that can be shown.
func (r *jsonReader) problem(err error) *problem.Problem {
	offset := int(r.dec.InputOffset())
	p := &problem.Problem{Code: problem.CodeSyntax, Severity: problem.Error}
	var syntax *jsontext.SyntacticError
	switch own := (*limitError)(nil); {
	case errors.As(err, &own):
		p.Code, p.Message, p.Hint = problem.CodeLimit, own.message, own.hint
		p.Line, p.Column = position(r.text, offset)
		return p
	case errors.As(err, &syntax):
		offset, err = int(syntax.ByteOffset), syntax.Err
	}
	if found := damage([]byte(r.text)); found != nil {
		return found
	}
	p.Line, p.Column = position(r.text, offset)
	f := r.fault(err, offset)
	p.Message, p.Hint = "not JSON: "+f.message, f.hint
	return p
}

// fault is what is wrong at an offset.
func (r *jsonReader) fault(err error, offset int) fault {
	var next byte
	if offset < len(r.text) {
		next = r.text[offset]
	}
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fault{"the document ends too early", "close every quote and bracket that is open"}
	case r.whole:
		return fault{"something follows the end of the document", "put several documents into a list: [..., ...]"}
	}
	if strings.HasPrefix(r.text[max(0, offset-1):], "{{") {
		return fault{"two braces where an object begins", unrendered}
	}
	if r.naming && isWord(string(rune(next))) {
		return nameless
	}
	return jsonFault(quoted.ReplaceAllString(err.Error(), "$1"), next)
}
