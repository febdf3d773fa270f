package resource

import (
	"bytes"
	"fmt"
	"slices"
)

// maxDifferences bounds a diff of one resource.
const maxDifferences = 1000

// Hidden stands for a value that is never shown.
const Hidden = `"(not shown)"`

// Difference is one place where two contents of a resource differ. Before and After are JSON texts, cut where they are long and empty
// where nothing is there; those of kinds that hold secrets are never shown.
type Difference struct {
	Path          string
	Before, After string
}

// Diff compares tags, spec and unknown fields of two contents of the same kind, place by place, in the order of before. What the server
// sets is left out.
func Diff(before, after *Resource) []Difference {
	d := differ{secret: before.Kind.Secret || after.Kind.Secret}
	d.compare(contentOf(before), contentOf(after))
	return d.out
}

// contentOf is what Diff compares of a resource.
func contentOf(r *Resource) *Value {
	metadata := Value{Type: Object}
	if len(r.Metadata.Tags) > 0 {
		metadata.Fields = append(metadata.Fields, Field{"tags", tagsValue(r.Metadata.Tags)})
	}
	metadata.Fields = append(metadata.Fields, r.Metadata.Extra...)
	return &Value{Type: Object, Fields: append([]Field{{"metadata", metadata}, {"spec", r.Spec}}, r.Extra...)}
}

type differ struct {
	walker
	secret bool
	out    []Difference
}

// compare goes down both values; nil stands for nothing.
func (d *differ) compare(a, b *Value) {
	switch {
	case len(d.out) >= maxDifferences:
	case a != nil && b != nil && a.Type == Object && b.Type == Object:
		d.objects(a, b)
	case a != nil && b != nil && a.Type == Array && b.Type == Array:
		d.arrays(a, b)
	case a == nil || b == nil || !bytes.Equal(appendCanonical(nil, nil, *a), appendCanonical(nil, nil, *b)):
		d.out = append(d.out, Difference{Path: d.place(), Before: d.text(a), After: d.text(b)})
	}
}

func (d *differ) objects(a, b *Value) {
	for i := range a.Fields {
		d.enter(a.Fields[i].Name)
		d.compare(&a.Fields[i].Value, b.field(a.Fields[i].Name))
		d.leave()
	}
	for i := range b.Fields {
		if a.field(b.Fields[i].Name) == nil {
			d.enter(b.Fields[i].Name)
			d.compare(nil, &b.Fields[i].Value)
			d.leave()
		}
	}
}

func (d *differ) arrays(a, b *Value) {
	item := func(v *Value, i int) *Value {
		if i < len(v.Items) {
			return &v.Items[i]
		}
		return nil
	}
	for i := range max(len(a.Items), len(b.Items)) {
		d.enterItem(i)
		d.compare(item(a, i), item(b, i))
		d.leave()
	}
}

func (d *differ) text(v *Value) string {
	switch {
	case v == nil:
		return ""
	case d.secret:
		return Hidden
	}
	text := appendJSON(nil, *v)
	if len(text) <= maxShown {
		return string(text)
	}
	short := bytes.ToValidUTF8(slices.Clone(text[:maxShown]), nil)
	return fmt.Sprintf("%s… (%d bytes)", short, len(text))
}
