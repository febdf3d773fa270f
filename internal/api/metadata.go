package api

import (
	"strconv"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
)

// withoutSpec makes the elements of a metadata_only list. Each is valid until the next one is made: the user interface asks for
// all of them, thousands maybe, each time somebody opens a project, so they are not to cost anything.
func withoutSpec(k *resource.Kind) func(*resource.Metadata) []byte {
	start := `{"kind":"` + k.Name + `","metadata":{"name":"`
	var out []byte
	return func(m *resource.Metadata) []byte {
		if !plainMetadata(m) {
			r := resource.Resource{Kind: k, Metadata: *m, Spec: resource.Value{Type: resource.Object}}
			return r.JSON()
		}
		out = append(append(out[:0], start...), m.Name...)
		out = m.CreatedAt.UTC().AppendFormat(append(out, `","createdAt":"`...), time.RFC3339Nano)
		out = m.UpdatedAt.UTC().AppendFormat(append(out, `","updatedAt":"`...), time.RFC3339Nano)
		out = strconv.AppendUint(append(out, `","version":`...), m.Version, 10)
		for i, tag := range m.Tags {
			lead := `,"`
			if i == 0 {
				lead = `,"tags":["`
			}
			out = append(append(append(out, lead...), tag...), '"')
		}
		if len(m.Tags) > 0 {
			out = append(out, ']')
		}
		if k.Project {
			out = append(append(append(out, `,"project":"`...), m.Project...), '"')
		}
		return append(out, `},"spec":{}}`...)
	}
}

// plainMetadata says whether nothing in metadata needs escaping, and nothing is there that only package resource can write.
func plainMetadata(m *resource.Metadata) bool {
	if len(m.Extra) > 0 || !plainText(m.Name) || !plainText(m.Project) {
		return false
	}
	for _, tag := range m.Tags {
		if !plainText(tag) {
			return false
		}
	}
	return true
}

func plainText(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c >= 0x7f, c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}
