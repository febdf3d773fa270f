package resource

import (
	"fmt"

	"github.com/perseid-dev/perseid/internal/problem"
)

// union is an object {kind, spec} whose spec depends on its kind.
type union struct {
	cases []variant
	// What is said where the kind is absent, empty, or (with one %q) unknown.
	absent, none, unknown string
}

// variant is one case of a union.
type variant struct {
	kind string
	body *object // {kind, spec}
}

// normalise implements shape.
func (u *union) normalise(w *walker, v Value) Value {
	if v.Type != Object && v.Type != Null {
		return w.mismatch(u.describe(), v)
	}
	kind, message := u.kind(v)
	if body := u.body(kind); body != nil {
		return body.normalise(w, v)
	}
	w.enter("kind")
	w.fail(problem.CodeKind, message)
	w.leave()
	return w.anything(v)
}

// body is the shape for a kind; nil if there is none.
func (u *union) body(kind string) *object {
	for _, c := range u.cases {
		if c.kind == kind {
			return c.body
		}
	}
	return nil
}

// kind reads the kind, and what to say if it is none of the cases.
func (u *union) kind(v Value) (kind, message string) {
	k := v.foldedLast("kind")
	if k.Type == Null {
		return "", u.absent
	}
	if k.Text == "" {
		return "", u.none
	}
	return k.Text, fmt.Sprintf(u.unknown, shown(k.Text))
}

// empty implements shape.
func (u *union) empty(v Value) bool { return v.Type == Null }

// describe implements shape.
func (u *union) describe() string { return "an object with kind and spec" }
