package resource

// Type is the JSON type of a Value.
type Type uint8

// The JSON types. Null is the zero value.
const (
	Null Type = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is one node of an ordered JSON tree.
type Value struct {
	Type Type
	// Text is the string of a String, the literal of a Number as it was written, and "true" or "false" for a Bool.
	Text   string
	Items  []Value // of an Array
	Fields []Field // of an Object, in order; names are unique
}

// Field is one member of an object.
type Field struct {
	Name  string
	Value Value
}

// Get walks down object fields by exact name; nil if any is missing.
func (v *Value) Get(path ...string) *Value {
	for _, name := range path {
		next := v.field(name)
		if next == nil {
			return nil
		}
		v = next
	}
	return v
}

func (v *Value) field(name string) *Value {
	if v == nil || v.Type != Object {
		return nil
	}
	for i := range v.Fields {
		if v.Fields[i].Name == name {
			return &v.Fields[i].Value
		}
	}
	return nil
}

// Str returns the text of a string reached by Get, "" if it is missing or of another type.
func (v *Value) Str(path ...string) string {
	if s := v.Get(path...); s != nil && s.Type == String {
		return s.Text
	}
	return ""
}

// True says whether the boolean reached by Get is there and true.
func (v *Value) True(path ...string) bool {
	b := v.Get(path...)
	return b != nil && b.Type == Bool && b.Text == "true"
}
