package resource

import "strings"

// plain is the Type of a YAML scalar without quotes that a shape has still to resolve. It never leaves the package.
const plain = Object + 1

// foldedLast is the last member of an object with a name, whatever its case; the null Value if there is none.
func (v *Value) foldedLast(name string) Value {
	if v.Type != Object {
		return Value{}
	}
	for i := len(v.Fields) - 1; i >= 0; i-- {
		if strings.EqualFold(v.Fields[i].Name, name) {
			return v.Fields[i].Value
		}
	}
	return Value{}
}

// clone copies deeply.
func (v Value) clone() Value {
	if v.Items != nil {
		items := make([]Value, len(v.Items))
		for i := range v.Items {
			items[i] = v.Items[i].clone()
		}
		v.Items = items
	}
	v.Fields = cloneFields(v.Fields)
	return v
}

func cloneFields(fields []Field) []Field {
	if fields == nil {
		return nil
	}
	out := make([]Field, len(fields))
	for i, f := range fields {
		out[i] = Field{Name: f.Name, Value: f.Value.clone()}
	}
	return out
}

// objectShape is what is known of the members of v, an object of shape s; nil if nothing is.
func objectShape(s shape, v Value) shape {
	if u, ok := s.(*union); ok {
		if body := u.body(v.Str("kind")); body != nil {
			return body
		}
		return nil
	}
	return s
}

// memberShape is the shape of an object's member; nil if nobody knows it.
func memberShape(s shape, name string) shape {
	switch s := s.(type) {
	case *object:
		if row := s.row(name); row >= 0 {
			return s.fields[row].shape
		}
	case *mapping:
		return s.of
	}
	return nil
}

// itemShape is the shape of an array's items; nil if nobody knows it.
func itemShape(s shape) shape {
	if l, ok := s.(*list); ok {
		return l.of
	}
	return nil
}
