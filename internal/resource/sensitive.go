package resource

// Sensitive is how a sensitive value is kept at rest.
type Sensitive uint8

// How sensitive values are kept: encrypted reversibly, hashed, or only masked in answers.
const (
	Encrypted Sensitive = iota + 1
	Hashed
	MaskedOnly
)

// mask is what answers show for a sensitive value.
const mask = "<secret>"

// Clone copies deeply. The kind, of which there is one, is shared.
func (r *Resource) Clone() *Resource {
	out := *r
	out.Spec = r.Spec.clone()
	out.Extra = cloneFields(r.Extra)
	out.Metadata.Extra = cloneFields(r.Metadata.Extra)
	out.Metadata.Tags = append([]string(nil), r.Metadata.Tags...)
	return &out
}

// Masked is a copy fit for an answer: every sensitive value replaced by <secret> (perses.md §1.10, §1.14). For kinds without secrets, r itself.
func (r *Resource) Masked() *Resource {
	if !r.Kind.Secret {
		return r
	}
	out := r.Clone()
	out.visitSensitive(func(_ Sensitive, _, _ string) (string, error) { return mask, nil })
	return out
}

// MapSensitive calls f for each non-empty sensitive string of the resource and stores what it returns, in place.
// path is the place in the document, as in problem.Problem. A field of a secret that nobody knows may be a misspelt one:
// its strings count as MaskedOnly. The first error ends it and is returned as it is.
func (r *Resource) MapSensitive(f func(how Sensitive, path, value string) (string, error)) error {
	if !r.Kind.Secret {
		return nil
	}
	return r.visitSensitive(f)
}

func (r *Resource) visitSensitive(f sensitiveFunc) error {
	w := &walker{}
	w.enter("spec")
	if err := w.sensitive(r.Kind.spec, &r.Spec, f); err != nil {
		return err
	}
	w.leave()
	return w.sensitiveFields(nil, r.Extra, f)
}

type sensitiveFunc func(how Sensitive, path, value string) (string, error)

// sensitive goes through v by its shape, which is nil where nobody knows it.
func (w *walker) sensitive(s shape, v *Value, f sensitiveFunc) error {
	switch v.Type {
	case Object:
		return w.sensitiveFields(objectShape(s, *v), v.Fields, f)
	case Array:
		for i := range v.Items {
			w.enterItem(i)
			if err := w.sensitive(itemShape(s), &v.Items[i], f); err != nil {
				return err
			}
			w.leave()
		}
	case String, Number:
		return w.sensitiveText(s, v, f)
	}
	return nil
}

func (w *walker) sensitiveFields(s shape, fields []Field, f sensitiveFunc) error {
	for i := range fields {
		w.enter(fields[i].Name)
		if err := w.sensitive(memberShape(s, fields[i].Name), &fields[i].Value, f); err != nil {
			return err
		}
		w.leave()
	}
	return nil
}

// sensitiveText replaces a sensitive value; it becomes a string if a foreign writer left a number.
func (w *walker) sensitiveText(s shape, v *Value, f sensitiveFunc) error {
	how := MaskedOnly
	if known, ok := s.(*scalar); ok {
		how = known.how
	}
	if how == 0 || v.Text == "" {
		return nil
	}
	text, err := f(how, w.place(), v.Text)
	if err != nil {
		return err
	}
	*v = Value{Type: String, Text: text}
	return nil
}
