// Package problem holds what is wrong with something an outsider gave us, in a form that can be shown.
//
// Three ideas. A Problem is about one place in one document and says what, where and what to do.
// A Class is all that an outsider's program may learn from an error; package reply alone turns it into an
// HTTP status. An Error carries a Class and a sentence through the layers in between.
//
// It is not a logging package, and it knows nothing of HTTP, files or kinds.
package problem

import (
	"fmt"
	"strings"
)

// Code names one sort of problem. Codes are lower-case words joined by dashes; they are stable, so that scripts can match them.
type Code string

// Codes given by the packages that read, check and deliver documents.
const (
	CodeSyntax      Code = "syntax"           // the bytes are not JSON or YAML
	CodeKind        Code = "kind"             // missing, unknown or unexpected kind
	CodeMetadata    Code = "metadata"         // name, project or tags break a rule
	CodeType        Code = "type"             // a field has a value of the wrong type
	CodeValue       Code = "value"            // a field has a value that is not allowed
	CodeRequired    Code = "required"         // a field that must be there is not
	CodeUnknown     Code = "unknown-field"    // a field nobody knows (a warning: it is kept)
	CodeReference   Code = "reference"        // something refers to nothing
	CodeCycle       Code = "cycle"            // variables that need each other
	CodeDefault     Code = "default"          // two default datasources
	CodeProject     Code = "project"          // the project does not exist
	CodeDuplicate   Code = "duplicate"        // one identity, twice in a source
	CodeLimit       Code = "limit"            // larger, deeper or more than we accept
	CodeUnread      Code = "unread"           // could not be read
	CodeSecret      Code = "masked-secret"    // the literal <secret> where a secret belongs
	CodeAdoption    Code = "adoption-refused" // delivery.adopt does not allow taking this resource over
	CodeTenancy     Code = "tenancy"          // its namespace may not declare it (delivery.tenancy)
	CodeAnnotation  Code = "annotation"       // an annotation of its object cannot be understood
	CodeIndex       Code = "index"            // not as the index of its directory says
	CodeUnsupported Code = "unsupported"      // a setting or kind that is not served here
)

// Severity tells whether a document with the problem can be used.
type Severity string

// An Error makes its document invalid. A Warning is shown and changes nothing.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is one thing wrong at one place. The zero value of a field means "not known".
type Problem struct {
	Code     Code     `json:"code" yaml:"code"`
	Severity Severity `json:"severity" yaml:"severity"`
	// Origin is where the document comes from, as people are shown it: a path, or a source's own text.
	Origin string `json:"origin,omitempty" yaml:"origin,omitempty"`
	// Line and Column are 1-based positions in the origin's text.
	Line   int `json:"line,omitempty" yaml:"line,omitempty"`
	Column int `json:"column,omitempty" yaml:"column,omitempty"`
	// Path is the place inside the document, such as spec.layouts[0].spec.items[2].content.
	// Names that are not plain words are quoted in brackets: spec.panels["a.b"].
	Path string `json:"path,omitempty" yaml:"path,omitempty"`
	// Message says what is wrong, in words that clients of Perses may match on.
	Message string `json:"message" yaml:"message"`
	// Hint says what to do about it, on one line; any further lines are a text to write, as it is.
	Hint string `json:"hint,omitempty" yaml:"hint,omitempty"`
}

// String is the short form: origin:line:column: path: message (hint). What a hint of several lines says to write follows on lines of its own.
func (p Problem) String() string {
	var b strings.Builder
	if p.Origin != "" {
		b.WriteString(p.Origin)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
		}
		b.WriteString(": ")
	}
	if p.Path != "" && !strings.HasPrefix(p.Message, p.Path+" ") { // sentences of Perses may begin with it
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if advice, text, _ := strings.Cut(p.Hint, "\n"); advice != "" {
		b.WriteString(" (" + advice + ")")
		if text != "" {
			b.WriteString("\n    " + strings.ReplaceAll(text, "\n", "\n    "))
		}
	}
	return b.String()
}

// List is several problems; as an error it joins their messages with newlines.
type List []Problem

// Error joins the messages of the problems that are errors, one a line.
func (l List) Error() string {
	var lines []string
	for _, p := range l {
		if p.Severity != Warning {
			lines = append(lines, p.Message)
		}
	}
	return strings.Join(lines, "\n")
}

// Invalid says whether any problem is an error rather than a warning.
func (l List) Invalid() bool {
	for _, p := range l {
		if p.Severity != Warning {
			return true
		}
	}
	return false
}

// Err returns the list as an error of class Invalid, or nil if every problem is a warning.
func (l List) Err() error {
	if !l.Invalid() {
		return nil
	}
	return &Failure{Class: Invalid, Detail: l.Error(), Err: l}
}
