package resource

import (
	"crypto/hmac"
	"crypto/sha256"
	"math"
	"strconv"
	"strings"
)

// Hash is the canonical hash without createdAt, updatedAt and version (DELIVERY R12). Two documents that mean the same hash the same,
// whatever their format, key order of free-form maps, or omitted defaults. A non-nil key makes it an HMAC, for what holds secrets (R33).
// The resource must be normalised, as decoding leaves it.
func (r *Resource) Hash(key []byte) [32]byte {
	b := make([]byte, 0, 16<<10)
	for _, part := range []struct {
		shape shape
		value Value
	}{
		{text, Value{Type: String, Text: r.Kind.Name}},
		{text, Value{Type: String, Text: r.Metadata.Name}},
		{text, Value{Type: String, Text: r.Metadata.Project}},
		{texts, tagsValue(r.Metadata.Tags)},
		{nil, Value{Type: Object, Fields: r.Metadata.Extra}},
		{r.Kind.spec, r.Spec},
		{nil, Value{Type: Object, Fields: r.Extra}},
	} {
		b = append(appendCanonical(b, part.shape, part.value), '\n')
	}
	if key == nil {
		return sha256.Sum256(b)
	}
	h := hmac.New(sha256.New, key)
	h.Write(b)
	return [32]byte(h.Sum(nil))
}

// appendCanonical is appendJSON with numbers written by their value and without known fields that are empty: Perses writes a list
// that is absent as null in JSON and as [] in YAML.
func appendCanonical(b []byte, s shape, v Value) []byte {
	switch v.Type {
	case Number:
		return appendNumber(b, v.Text)
	case Array:
		b = append(b, '[')
		for i := range v.Items {
			b = append(appendCanonical(b, itemShape(s), v.Items[i]), ',')
		}
		return append(b, ']')
	case Object:
		b = append(b, '{')
		s = objectShape(s, v)
		for i := range v.Fields {
			f := &v.Fields[i]
			known := memberShape(s, f.Name)
			if _, row := s.(*object); row && known != nil && known.empty(f.Value) {
				continue
			}
			b = append(appendString(b, f.Name), ':')
			b = append(appendCanonical(b, known, f.Value), ',')
		}
		return append(b, '}')
	}
	return appendJSON(b, v)
}

// appendNumber writes a JSON number as its significant digits and a power of ten, so that 1, 1.0 and 1e0 are the same.
func appendNumber(b []byte, s string) []byte {
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil || n > math.MaxInt32 || n < math.MinInt32 {
			return append(b, s...) // beyond what anybody computes with
		}
		mantissa, exponent = s[:i], n
	}
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	if i := strings.IndexByte(mantissa, '.'); i >= 0 {
		exponent -= len(mantissa) - i - 1
		mantissa = mantissa[:i] + mantissa[i+1:]
	}
	significant := strings.TrimRight(mantissa, "0")
	exponent += len(mantissa) - len(significant)
	if significant = strings.TrimLeft(significant, "0"); significant == "" {
		return append(b, '0')
	}
	if negative {
		b = append(b, '-')
	}
	b = append(b, significant...)
	if exponent != 0 {
		b = strconv.AppendInt(append(b, 'e'), int64(exponent), 10)
	}
	return b
}
