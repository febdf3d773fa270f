package config

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/perseid-dev/perseid/internal/problem"
)

// maxNodes bounds what the aliases of a file may expand to.
const maxNodes = 100_000

// origin is a YAML node and the file or environment variable it is from.
type origin struct {
	name string
	*yaml.Node
}

func (o origin) at(n *yaml.Node) origin { return origin{o.name, n} }

func rootOf(c *Config) reflect.Value { return reflect.ValueOf(c).Elem() }

// decode stores a node in an addressable value of the schema. Null leaves the value as it is.
func (r *reader) decode(n origin, v reflect.Value, path string) {
	if n.Kind == yaml.AliasNode {
		n = n.at(n.Alias)
	}
	r.places[path] = place{n.name, n.Line, n.Column}
	if r.nodes++; r.nodes > maxNodes || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		if r.nodes == maxNodes+1 {
			r.fail(problem.CodeLimit, path, fmt.Sprintf("more than %d values", maxNodes), "")
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		r.decode(n, allocate(v), path)
	case reflect.Struct:
		r.decodeStruct(n, v, path)
	case reflect.Slice:
		r.decodeSlice(n, v, path)
	case reflect.Map:
		r.decodeMap(n, v, path)
	default:
		r.decodeScalar(n, v, path)
	}
}

func (r *reader) decodeStruct(n origin, v reflect.Value, path string) {
	if opaque, ok := v.Addr().Interface().(*Opaque); ok {
		opaque.set = true
		return
	}
	for key, value := range r.pairs(n, path) {
		inner := joinPath(path, key.Value)
		if f, known := fieldOf(v, key.Value); known {
			r.decode(n.at(value), f, inner)
			continue
		}
		r.places[inner] = place{n.name, key.Line, key.Column}
		r.fail(problem.CodeUnknown, inner, fmt.Sprintf("unknown key %q", key.Value), didYouMean(key.Value, keysOf(v)))
	}
}

func (r *reader) decodeSlice(n origin, v reflect.Value, path string) {
	if n.Kind != yaml.SequenceNode {
		r.wrongType(n, path, "a list")
		return
	}
	v.SetLen(0)
	for i, item := range n.Content {
		r.decode(n.at(item), grow(v), fmt.Sprintf("%s[%d]", path, i))
	}
}

func (r *reader) decodeMap(n origin, v reflect.Value, path string) {
	v.Set(reflect.MakeMap(v.Type()))
	for key, value := range r.pairs(n, path) {
		element := reflect.New(v.Type().Elem()).Elem()
		r.decode(n.at(value), element, joinPath(path, key.Value))
		v.SetMapIndex(reflect.ValueOf(key.Value), element)
	}
}

// pairs yields the keys and values of a mapping, and reports keys that are given twice.
func (r *reader) pairs(n origin, path string) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		if n.Kind != yaml.MappingNode {
			r.wrongType(n, path, "a mapping")
			return
		}
		seen := make(map[string]bool)
		for i := 0; i < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if seen[key.Value] {
				r.places[joinPath(path, key.Value)] = place{n.name, key.Line, key.Column}
				r.fail(problem.CodeDuplicate, joinPath(path, key.Value), fmt.Sprintf("key %q is given twice", key.Value), "keep one of them")
				continue
			}
			seen[key.Value] = true
			if !yield(key, value) {
				return
			}
		}
	}
}

func (r *reader) decodeScalar(n origin, v reflect.Value, path string) {
	if n.Kind != yaml.ScalarNode {
		r.wrongType(n, path, "a single value")
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := text.UnmarshalText([]byte(n.Value)); err != nil {
			r.fail(problem.CodeValue, path, err.Error(), "write a duration such as 30s, 5m or 1h30m")
		}
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		b, ok := parseBool(n.Value)
		if !ok {
			r.fail(problem.CodeType, path, fmt.Sprintf("expected true or false, found %q", n.Value), "")
		}
		v.SetBool(b)
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if err != nil {
			r.fail(problem.CodeType, path, fmt.Sprintf("expected a whole number, found %q", n.Value), "")
		}
		v.SetInt(int64(i))
	case reflect.String:
		r.checkEnum(n.Value, v, path)
		v.SetString(n.Value)
	}
}

func (r *reader) checkEnum(text string, v reflect.Value, path string) {
	if e, ok := v.Interface().(enum); ok && !slices.Contains(e.values(), text) {
		r.fail(problem.CodeValue, path, fmt.Sprintf("%q is not one of %s", text, strings.Join(e.values(), ", ")), didYouMean(text, e.values()))
	}
}

func (r *reader) wrongType(n origin, path, want string) {
	found := map[yaml.Kind]string{yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: "a single value"}[n.Kind]
	r.fail(problem.CodeType, path, fmt.Sprintf("expected %s, found %s", want, found), "")
}

func parseBool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "true", "yes", "on":
		return true, true
	case "false", "no", "off":
		return false, true
	}
	return false, false
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
