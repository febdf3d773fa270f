package resource

// Declaration is the document as an author would write it: compact JSON in canonical order, without what the server sets, and without a
// project where none is named. It decodes to an equal resource.
func (r *Resource) Declaration() []byte {
	metadata := r.Metadata.value(r.Kind)
	kept := metadata.Fields[:0]
	for _, f := range metadata.Fields {
		switch {
		case f.Name == "createdAt", f.Name == "updatedAt", f.Name == "version", f.Name == "project" && f.Value.Text == "":
		default:
			kept = append(kept, f)
		}
	}
	metadata.Fields = kept
	return appendJSON(nil, Value{Type: Object, Fields: append([]Field{
		{"kind", Value{Type: String, Text: r.Kind.Name}}, {"metadata", metadata}, {"spec", r.Spec},
	}, r.Extra...)})
}
