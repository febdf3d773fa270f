package resource

import (
	"cmp"
	"slices"
	"strings"
)

// object has known fields in canonical order. Unknown fields follow them, sorted by name.
type object struct {
	fields []field
	// title names a shape that several others use: it has a section of its own in the reference. May be empty.
	title string
	// upgrade rewrites what older versions wrote into what is read today. May be nil.
	upgrade func(Value) Value
}

// maxFields bounds the rows of an object, so that matching them needs no allocation.
const maxFields = 16

// slots tells for each row of an object which member of a value holds it; -1 for none.
type slots [maxFields]int

// normalise implements shape. An absent object is walked as an empty one.
func (o *object) normalise(w *walker, v Value) Value {
	if o.upgrade != nil {
		v = o.upgrade(v)
	}
	if v.Type != Object && v.Type != Null {
		return w.mismatch(o.describe(), v)
	}
	found, unknown := o.match(w, v.Fields)
	out := make([]Field, 0, len(o.fields)+len(unknown))
	for i := range o.fields {
		out = o.fields[i].normalise(w, out, pick(v.Fields, found[i]), found[i] >= 0)
	}
	return Value{Type: Object, Fields: append(out, o.keep(w, unknown)...)}
}

// empty implements shape: an object that is there stays, as a pointer does in Perses.
func (o *object) empty(v Value) bool { return v.Type == Null }

// describe implements shape.
func (o *object) describe() string { return "an object" }

func pick(fields []Field, i int) Value {
	if i < 0 {
		return Value{}
	}
	return fields[i].Value
}

// match finds the rows' members, whatever the case of their names, and returns the members no row knows.
// Of several members for one row the last counts, as in Go's encoding/json.
func (o *object) match(w *walker, fields []Field) (found slots, unknown []Field) {
	for i := range found {
		found[i] = -1
	}
	for i := range fields {
		row := o.row(fields[i].Name)
		if row < 0 {
			unknown = append(unknown, fields[i])
			continue
		}
		if found[row] >= 0 {
			w.duplicate(fields[i].Name)
		}
		found[row] = i
	}
	return found, unknown
}

// row finds the row for a name: exact first, then in any case, then by its deprecated spelling.
func (o *object) row(name string) int {
	for i := range o.fields {
		if o.fields[i].name == name {
			return i
		}
	}
	for i := range o.fields {
		if f := &o.fields[i]; strings.EqualFold(f.name, name) || f.old != "" && strings.EqualFold(f.old, name) {
			return i
		}
	}
	return -1
}

// keep normalises and warns of members that no row knows.
func (o *object) keep(w *walker, unknown []Field) []Field {
	if len(unknown) == 0 {
		return nil
	}
	unknown = sortFields(w, unknown)
	for i := range unknown {
		f := &unknown[i]
		name := w.sayable(f.Name, o)
		w.enter(name)
		w.unknown(name, o)
		f.Value = w.anything(f.Value)
		w.leave()
	}
	return unknown
}

// sortFields sorts members by name; of several with one name the last counts. It works in place.
func sortFields(w *walker, fields []Field) []Field {
	byName := func(a, b Field) int { return cmp.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(fields, byName) {
		slices.SortStableFunc(fields, byName)
	}
	kept := fields[:0]
	for i := range fields {
		if n := len(kept); n > 0 && kept[n-1].Name == fields[i].Name {
			w.duplicate(w.sayable(fields[i].Name, nil))
			kept[n-1] = fields[i]
			continue
		}
		kept = append(kept, fields[i])
	}
	return kept
}
