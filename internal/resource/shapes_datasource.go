package resource

// The shapes of Project, Datasource and Folder (perses.md §1.4, §1.9, §1.11).
var (
	projectSpec = &object{fields: []field{
		{name: "display", shape: display},
	}}

	datasourceSpec = &object{title: "Datasource spec", fields: []field{
		{name: "display", shape: display},
		{name: "default", shape: boolean, always: true},
		{name: "plugin", shape: plugin, always: true, required: "kind cannot be empty"},
	}}

	folderSpec = &object{upgrade: upgradeFolder, fields: []field{
		{name: "display", shape: &object{fields: []field{
			{name: "name", shape: text},
		}}},
		{name: "items", shape: &list{of: newFolderItem()}},
	}}
)

// newFolderItem builds the shape of an item, which holds items itself. Perses 0.53 calls them spec.
func newFolderItem() *object {
	item := &object{title: "Folder item"}
	item.fields = []field{
		{name: "kind", shape: enum(badFolderKind, "Dashboard", "Folder"), always: true, required: `kind can only be "Dashboard" or "Folder" but not ""`},
		{name: "name", shape: text, always: true, required: "name is required"},
		{name: "items", old: "spec", shape: &list{of: item}},
	}
	return item
}

const badFolderKind = `kind can only be "Dashboard" or "Folder" but not %q`

// upgradeFolder reads the spec of Perses 0.53, which is the list of items.
func upgradeFolder(v Value) Value {
	if v.Type != Array {
		return v
	}
	return Value{Type: Object, Fields: []Field{{Name: "items", Value: v}}}
}
