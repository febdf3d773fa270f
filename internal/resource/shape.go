package resource

// shape is the type of a value: one row, or a tree of rows, of the table of shapes.
// Shapes are immutable and safe for concurrent use.
type shape interface {
	// normalise returns v in its canonical form. Null stands for absent. What is wrong is reported to w, and v
	// is then kept as it is, so that the rest is still looked at.
	normalise(w *walker, v Value) Value
	// empty says whether a normalised v is left out where the field's row does not say always.
	empty(v Value) bool
	// describe names the type for people.
	describe() string
}

// field is one row: a known member of an object.
type field struct {
	name  string
	shape shape
	// always: emitted even when empty (lists and maps then as null, unless they were written as empty).
	always bool
	// required is the message for an absent or empty value; "" where there need be none.
	required string
	// preset is the text that an absent or empty string takes.
	preset string
	// null: a null that was written stays, where elsewhere it means absent.
	null bool
	// old is a deprecated spelling of name.
	old string
}

// normalise adds one member to out, unless it is to be left out.
func (f *field) normalise(w *walker, out []Field, v Value, written bool) []Field {
	if v.Type == Null && !f.always && f.required == "" {
		if written && f.null {
			out = append(out, Field{Name: f.name})
		}
		return out
	}
	w.enter(f.name)
	defer w.leave()
	if v.Type == Null && f.required != "" {
		w.require(f.required)
		return out
	}
	v = f.shape.normalise(w, v)
	empty := f.shape.empty(v)
	if empty && f.preset != "" {
		v, empty = Value{Type: String, Text: f.preset}, false
	}
	if empty && f.required != "" {
		w.require(f.required)
	}
	if empty && !f.always && !f.null {
		return out
	}
	return append(out, Field{Name: f.name, Value: v})
}
