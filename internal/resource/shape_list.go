package resource

// list is an array of values of one shape.
type list struct{ of shape }

// normalise implements shape.
func (l *list) normalise(w *walker, v Value) Value {
	if v.Type == Null {
		return v
	}
	if v.Type != Array {
		return w.mismatch(l.describe(), v)
	}
	for i := range v.Items {
		w.enterItem(i)
		v.Items[i] = w.element(l.of, v.Items[i])
		w.leave()
	}
	return v
}

// empty implements shape.
func (l *list) empty(v Value) bool { return v.Type == Null || v.Type == Array && len(v.Items) == 0 }

// describe implements shape.
func (l *list) describe() string { return "a list" }

// mapping is an object whose names are the author's, with values of one shape.
type mapping struct{ of shape }

// normalise implements shape.
func (m *mapping) normalise(w *walker, v Value) Value {
	if v.Type == Null {
		return v
	}
	if v.Type != Object {
		return w.mismatch(m.describe(), v)
	}
	v.Fields = sortFields(w, v.Fields)
	for i := range v.Fields {
		f := &v.Fields[i]
		w.enter(f.Name)
		f.Value = w.element(m.of, f.Value)
		w.leave()
	}
	return v
}

// empty implements shape.
func (m *mapping) empty(v Value) bool {
	return v.Type == Null || v.Type == Object && len(v.Fields) == 0
}

// describe implements shape.
func (m *mapping) describe() string { return "an object with names of your own" }

// anything is an opaque value.
type anything struct {
	// absent is what takes the place of a null.
	absent Value
}

// normalise implements shape.
func (a *anything) normalise(w *walker, v Value) Value {
	if v.Type == Null {
		return a.absent
	}
	return w.anything(v)
}

// empty implements shape.
func (a *anything) empty(v Value) bool { return v.Type == Null }

// describe implements shape.
func (a *anything) describe() string { return "anything" }
