package resource

// The shapes of metadata (perses.md §1.2). Names, projects and tags have rules of their own in names.go.
var (
	globalMetadata = &object{fields: []field{
		{name: "name", shape: text, always: true, required: "name cannot be empty"},
		{name: "createdAt", shape: moment, always: true},
		{name: "updatedAt", shape: moment, always: true},
		{name: "version", shape: natural, always: true},
		{name: "tags", shape: texts},
	}}

	projectMetadata = &object{fields: append(globalMetadata.fields[:5:5],
		field{name: "project", shape: text, always: true})}

	moment = &scalar{word: "an RFC 3339 time", typ: String, zero: Value{Type: String, Text: zeroTime}, check: checkTime}
)
