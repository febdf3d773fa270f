package resource

// The shapes that several kinds share (perses.md §1.3).
var (
	display = &object{title: "Display", fields: []field{
		{name: "name", shape: text},
		{name: "description", shape: text},
	}}

	// plugin is a reference to a plugin. Its spec is opaque, and {} when absent.
	plugin = &object{title: "Plugin", fields: []field{
		{name: "kind", shape: text, always: true, required: "kind cannot be empty"},
		{name: "metadata", shape: &object{fields: []field{
			{name: "version", shape: text},
			{name: "registry", shape: text},
		}}},
		{name: "spec", shape: &anything{absent: Value{Type: Object}}, always: true},
	}}

	texts = &list{of: text}
)

// kindAndSpec is the usual frame of something that has a kind.
func kindAndSpec(spec shape) *object {
	return &object{fields: []field{
		{name: "kind", shape: text, always: true},
		{name: "spec", shape: spec, always: true},
	}}
}
