package resource

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// scalar is a string, a boolean or a number, perhaps of a certain format.
type scalar struct {
	word string // with its article: "a string"
	typ  Type
	// zero is what an absent value that is always emitted becomes.
	zero Value
	// check returns the canonical text, or what is wrong with it. It is asked about an empty string
	// only where zero is none. May be nil.
	check func(text string) (string, error)
	// how says that the value is a secret; zero: it is not.
	how Sensitive
}

// normalise implements shape.
func (s *scalar) normalise(w *walker, v Value) Value {
	if v.Type == plain {
		v = s.resolve(v.Text)
	}
	if v.Type == Null {
		return s.zero
	}
	if v.Type != s.typ {
		return w.mismatch(s.word, v)
	}
	if s.check == nil || v.Text == "" && s.zero.Text == "" {
		return v
	}
	text, err := s.check(v.Text)
	if err != nil {
		w.fail(problem.CodeValue, err.Error())
		return v
	}
	v.Text = text
	return v
}

// resolve reads an unquoted YAML scalar as what is expected here.
func (s *scalar) resolve(text string) Value {
	switch s.typ {
	case String:
		return Value{Type: String, Text: text}
	case Bool:
		return resolveBool(text)
	}
	return resolvePlain(text)
}

// empty implements shape, as omitempty of Go's encoding/json does.
func (s *scalar) empty(v Value) bool {
	switch v.Type {
	case String:
		return v.Text == ""
	case Bool:
		return v.Text == "false"
	case Number:
		return v.Text == "0"
	}
	return v.Type == Null
}

// describe implements shape.
func (s *scalar) describe() string { return s.word }

var (
	text    = textOf("a string", nil)
	boolean = &scalar{word: "a boolean", typ: Bool, zero: Value{Type: Bool, Text: "false"}}
	integer = &scalar{word: "a whole number", typ: Number, zero: Value{Type: Number, Text: "0"}, check: checkInteger}
	natural = &scalar{word: "a whole number from 0 on", typ: Number, zero: Value{Type: Number, Text: "0"}, check: checkNatural}

	// durationText is a duration that keeps its spelling; span is one that does not.
	durationText = textOf("a duration such as 30s or 1h", checkDurationText)
	span         = &scalar{word: "a duration such as 30s or 1h", typ: String, zero: Value{Type: String, Text: "0s"}, check: canonicalDuration}
	timezone     = textOf(`"local" or the name of an IANA time zone`, checkTimezone)
	address      = textOf("a URL", checkURL)
)

func textOf(word string, check func(string) (string, error)) *scalar {
	return &scalar{word: word, typ: String, zero: Value{Type: String}, check: check}
}

// secret is a string that answers mask.
func secret(how Sensitive) *scalar {
	return &scalar{word: "a string", typ: String, zero: Value{Type: String}, how: how}
}

// enum is a string out of a few. The message for any other has one %q.
func enum(message string, values ...string) *scalar {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	return textOf("one of "+strings.Join(quoted, ", "), func(text string) (string, error) {
		if !slices.Contains(values, text) {
			return "", fmt.Errorf(message, shown(text))
		}
		return text, nil
	})
}

func checkInteger(text string) (string, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return "", fmt.Errorf("expected a whole number of at most 64 bits, found %s", shown(text))
	}
	return strconv.FormatInt(n, 10), nil
}

func checkNatural(text string) (string, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return "", fmt.Errorf("expected a whole number from 0 on of at most 64 bits, found %s", shown(text))
	}
	return strconv.FormatUint(n, 10), nil
}
