package resource

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/perseid-dev/perseid/internal/problem"
)

// Bounds of what a file holds. A value in memory takes many times the two bytes that are enough to write one, so that a bound on bytes
// bounds nothing; files of dashboards have one in twenty bytes.
const (
	maxDepth  = 1000      // values inside each other
	maxValues = 1_000_000 // values of a file
)

// limitError says which bound a file does not keep.
type limitError struct{ message, hint string }

// Error is the message.
func (e *limitError) Error() string { return e.message }

var (
	errDepth    = &limitError{fmt.Sprintf("more than %d values inside each other", maxDepth), "nest less"}
	errValues   = &limitError{fmt.Sprintf("more than %d values in one file", maxValues), "split it"}
	errTrailing = errors.New("data after the document")
)

// jsonReader builds a tree of Values over one copy of the text, which its strings share.
// Members and items are gathered on two stacks, so that each array and object costs one allocation.
type jsonReader struct {
	dec    *jsontext.Decoder
	text   string
	fields []Field
	items  []Value
	depth  int
	values int
	naming bool // the name of a member is looked for, and not found
	whole  bool // the document has been read, and the end is looked for
}

// readJSON reads the one value that data holds. Names that are there twice stay twice.
func readJSON(data []byte) (Value, *problem.Problem) {
	r := &jsonReader{dec: jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true)), text: string(data)}
	v, err := r.value()
	if err == nil {
		r.whole = true
		err = r.end()
	}
	if err != nil {
		return Value{}, r.problem(err)
	}
	return v, nil
}

// value reads the next value.
func (r *jsonReader) value() (Value, error) {
	if r.values++; r.values > maxValues {
		return Value{}, errValues
	}
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
	r.naming = r.dec.PeekKind() != '}'
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
		return errTrailing
	}
	return err
}
