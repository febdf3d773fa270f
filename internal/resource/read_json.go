package resource

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/perseid-dev/perseid/internal/problem"
)

// maxDepth bounds how deep values may be nested.
const maxDepth = 1000

// maxValues bounds the values of one body. A value takes many times the memory of the two bytes that may stand for it.
const maxValues = 500_000

var errValues = fmt.Errorf("more than %d values in one document", maxValues)

var errDepth = fmt.Errorf("more than %d values inside each other", maxDepth)

// jsonReader builds a tree of Values over one copy of the text, which its strings share.
// Members and items are gathered on two stacks, so that each array and object costs one allocation.
type jsonReader struct {
	dec    *jsontext.Decoder
	text   string
	fields []Field
	items  []Value
	depth  int
	left   int // how many values may follow; negative for any number
}

// readJSON reads the one value that data holds. Names that are there twice stay twice.
func readJSON(data []byte) (Value, *problem.Problem) { return readAtMost(data, -1) }

// readAtMost is readJSON of what has a bounded number of values.
func readAtMost(data []byte, values int) (Value, *problem.Problem) {
	r := &jsonReader{left: values, dec: jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true)), text: string(data)}
	v, err := r.value()
	if err == nil {
		err = r.end()
	}
	if err != nil {
		return Value{}, r.problem(err)
	}
	return v, nil
}

// value reads the next value.
func (r *jsonReader) value() (Value, error) {
	if r.left == 0 {
		return Value{}, errValues
	}
	r.left--
	switch r.dec.PeekKind() {
	case '{':
		return r.object()
	case '[':
		return r.array()
	case '"':
		s, err := r.string()
		return Value{Type: String, Text: s}, err
	}
	raw, err := r.scalar()
	switch {
	case err != nil || raw == "null":
		return Value{}, err
	case raw == "true" || raw == "false":
		return Value{Type: Bool, Text: raw}, nil
	}
	return Value{Type: Number, Text: raw}, nil
}

// scalar reads a value that holds no others, as it is written.
func (r *jsonReader) scalar() (string, error) {
	raw, err := r.dec.ReadValue()
	if err != nil {
		return "", err
	}
	end := int(r.dec.InputOffset())
	return r.text[end-len(raw) : end], nil
}

func (r *jsonReader) string() (string, error) {
	raw, err := r.dec.ReadValue()
	if err != nil {
		return "", err
	}
	if bytes.IndexByte(raw, '\\') >= 0 {
		s, err := jsontext.AppendUnquote(nil, raw)
		return string(s), err
	}
	end := int(r.dec.InputOffset())
	return r.text[end-len(raw)+1 : end-1], nil
}

func (r *jsonReader) object() (Value, error) {
	if err := r.open(); err != nil {
		return Value{}, err
	}
	start := len(r.fields)
	for r.dec.PeekKind() == '"' {
		name, err := r.string()
		if err != nil {
			return Value{}, err
		}
		v, err := r.value()
		if err != nil {
			return Value{}, err
		}
		r.fields = append(r.fields, Field{Name: name, Value: v})
	}
	v := Value{Type: Object, Fields: slices.Clone(r.fields[start:])}
	r.fields = r.fields[:start]
	return v, r.close()
}

func (r *jsonReader) array() (Value, error) {
	if err := r.open(); err != nil {
		return Value{}, err
	}
	start := len(r.items)
	for k := r.dec.PeekKind(); k != ']' && k != jsontext.KindInvalid; k = r.dec.PeekKind() {
		v, err := r.value()
		if err != nil {
			return Value{}, err
		}
		r.items = append(r.items, v)
	}
	v := Value{Type: Array, Items: slices.Clone(r.items[start:])}
	r.items = r.items[:start]
	return v, r.close()
}

// open reads { or [.
func (r *jsonReader) open() error {
	if r.depth++; r.depth > maxDepth {
		return errDepth
	}
	_, err := r.dec.ReadToken()
	return err
}

// close reads } or ].
func (r *jsonReader) close() error {
	r.depth--
	_, err := r.dec.ReadToken()
	return err
}

// end makes sure that nothing follows.
func (r *jsonReader) end() error {
	_, err := r.dec.ReadToken()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil:
		return errors.New("unexpected data after the document")
	}
	return err
}

// quoted is what a message of the parser may quote of the document, which may be part of a secret.
var quoted = regexp.MustCompile("^jsontext: |(character|sequence|surrogate pair) ('[^']*'|`[^`]*`|\"[^\"]*\")")

// problem puts the parser's complaint in a form that can be shown.
func (r *jsonReader) problem(err error) *problem.Problem {
	offset := int(r.dec.InputOffset())
	p := &problem.Problem{Code: problem.CodeSyntax, Severity: problem.Error}
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntax):
		offset, err = int(syntax.ByteOffset), syntax.Err
	case errors.Is(err, errDepth), errors.Is(err, errValues):
		p.Code = problem.CodeLimit
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the document ends too early")
	}
	p.Line, p.Column = position(r.text, offset)
	p.Message = "not JSON: " + quoted.ReplaceAllString(err.Error(), "$1")
	return p
}

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
