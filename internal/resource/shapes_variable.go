package resource

// The shapes of variables (perses.md §1.7): in a dashboard they carry their name, as last field; as resources they do not.
var (
	dashboardVariable = variableOf(" in a dashboard", field{name: "name", shape: text, always: true})

	variableSpec = variableOf("")

	variableDisplay = &object{fields: []field{
		{name: "name", shape: text},
		{name: "description", shape: text},
		{name: "hidden", shape: boolean, always: true},
	}}

	textVariable = []field{
		{name: "display", shape: variableDisplay},
		{name: "value", shape: text, always: true},
		{name: "constant", shape: boolean},
	}

	listVariable = []field{
		{name: "display", shape: variableDisplay},
		{name: "defaultValue", shape: defaultValue{}, null: true},
		{name: "allowAllValue", shape: boolean, always: true},
		{name: "allowMultiple", shape: boolean, always: true},
		{name: "customAllValue", shape: text},
		{name: "capturingRegexp", shape: text},
		{name: "sort", shape: enum("unknown sort method %q used", "none", "alphabetical-asc", "alphabetical-desc",
			"numerical-asc", "numerical-desc", "alphabetical-ci-asc", "alphabetical-ci-desc")},
		{name: "plugin", shape: plugin, always: true, required: "kind cannot be empty"},
	}
)

// variableOf is either sort of variable, with fields at its end. Where names the sorts apart in the reference.
func variableOf(where string, last ...field) *union {
	return &union{
		cases: []variant{
			{"TextVariable", kindAndSpec(&object{title: "Text variable" + where, fields: append(textVariable[:len(textVariable):len(textVariable)], last...)})},
			{"ListVariable", kindAndSpec(&object{title: "List variable" + where, fields: append(listVariable[:len(listVariable):len(listVariable)], last...)})},
		},
		absent:  "variable.kind cannot be empty",
		none:    "variable.kind cannot be empty",
		unknown: "unknown variable.kind %q used",
	}
}

// defaultValue is a string or a list of strings, and keeps which. An empty string becomes null.
type defaultValue struct{}

// normalise implements shape.
func (defaultValue) normalise(w *walker, v Value) Value {
	switch v.Type {
	case Array:
		return texts.normalise(w, v)
	case String, plain:
		if v.Text == "" {
			return Value{}
		}
		return text.normalise(w, v)
	}
	return w.mismatch(defaultValue{}.describe(), v)
}

// empty implements shape.
func (defaultValue) empty(v Value) bool { return v.Type == Null }

// describe implements shape.
func (defaultValue) describe() string { return "a string or a list of strings" }
