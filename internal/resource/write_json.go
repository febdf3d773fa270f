package resource

import (
	"strconv"
	"unicode/utf8"
)

// JSON is the canonical compact form, as Perses answers and stores it: kind, metadata, spec, then unknown fields; <, > and & escaped.
func (r *Resource) JSON() []byte {
	b := make([]byte, 0, 4096)
	b = append(b, `{"kind":`...)
	b = appendString(b, r.Kind.Name)
	b = append(b, `,"metadata":`...)
	b = appendJSON(b, r.Metadata.value(r.Kind))
	b = append(b, `,"spec":`...)
	b = appendJSON(b, r.Spec)
	for _, f := range r.Extra {
		b = append(b, ',')
		b = appendString(b, f.Name)
		b = append(b, ':')
		b = appendJSON(b, f.Value)
	}
	return append(b, '}')
}

// value is the metadata in canonical order.
func (m *Metadata) value(k *Kind) Value {
	fields := []Field{
		{"name", Value{Type: String, Text: m.Name}},
		{"createdAt", Value{Type: String, Text: formatTime(m.CreatedAt)}},
		{"updatedAt", Value{Type: String, Text: formatTime(m.UpdatedAt)}},
		{"version", Value{Type: Number, Text: strconv.FormatUint(m.Version, 10)}},
	}
	if len(m.Tags) > 0 {
		fields = append(fields, Field{"tags", tagsValue(m.Tags)})
	}
	if k.Project {
		fields = append(fields, Field{"project", Value{Type: String, Text: m.Project}})
	}
	return Value{Type: Object, Fields: append(fields, m.Extra...)}
}

func tagsValue(tags []string) Value {
	v := Value{Type: Array, Items: make([]Value, len(tags))}
	for i, tag := range tags {
		v.Items[i] = Value{Type: String, Text: tag}
	}
	return v
}

// appendJSON writes a value compactly.
func appendJSON(b []byte, v Value) []byte {
	switch v.Type {
	case Bool, Number:
		return append(b, v.Text...)
	case String:
		return appendString(b, v.Text)
	case Array:
		b = append(b, '[')
		for i := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, v.Items[i])
		}
		return append(b, ']')
	case Object:
		b = append(b, '{')
		for i := range v.Fields {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, v.Fields[i].Name)
			b = append(b, ':')
			b = appendJSON(b, v.Fields[i].Value)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

const hexDigits = "0123456789abcdef"

// appendString quotes as Go's encoding/json does, HTML's characters and the line separators of JavaScript included.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			b = append(b, s[start:i]...)
			b = appendEscaped(b, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '\u2028' || r == '\u2029' || r == utf8.RuneError && size == 1 {
			b = append(b, s[start:i]...)
			b = append(b, `\u`...)
			b = append(b, hexDigits[r>>12], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
