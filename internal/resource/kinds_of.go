package resource

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// KindsOf names the kinds of the documents in a file, sorted and each once, without decoding what need not be: a kind that is plain to
// see is believed, and a file that is unusual in any way is decoded. Documents whose kind cannot be made out are left out.
func KindsOf(data []byte, f Format) []string {
	found := map[string]bool{}
	kinds, plain := plainKinds(data, f)
	for _, name := range kinds {
		k, err := KindByName(name)
		if plain = plain && err == nil; plain {
			found[k.Name] = true
		}
	}
	if !plain || len(kinds) == 0 {
		clear(found)
		documents, _ := Decode(data, f) // what is wrong with them is for others to say
		for _, d := range documents {
			if d.ID.Kind != "" {
				found[d.ID.Kind] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func plainKinds(data []byte, f Format) (kinds []string, plain bool) {
	if f == JSON {
		return jsonKind(data)
	}
	return yamlKinds(data)
}

// jsonKind finds the kind of an object that no apiVersion precedes.
func jsonKind(data []byte) ([]string, bool) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true))
	if t, err := dec.ReadToken(); err != nil || t.Kind() != '{' {
		return nil, false
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil || name.String() == "apiVersion" {
			return nil, false
		}
		if name.String() == "kind" {
			kind, err := dec.ReadToken()
			return []string{kind.String()}, err == nil && kind.Kind() == '"'
		}
		if dec.SkipValue() != nil {
			return nil, false
		}
	}
	return nil, false
}

// yamlKinds finds the line that starts with kind: in each document of a file in block style.
func yamlKinds(data []byte) (kinds []string, plain bool) {
	begun, named := false, false // the present document
	for line := range bytes.Lines(data) {
		line = bytes.TrimRight(line, " \t\r\n")
		kind, isKind := bytes.CutPrefix(line, []byte("kind:"))
		switch {
		case len(line) == 0 || line[0] == ' ' || line[0] == '\t' || line[0] == '#':
		case string(line) == "---":
			if begun && !named {
				return nil, false
			}
			begun, named = false, false
		case bytes.HasPrefix(line, []byte("apiVersion:")) || !isLetter(line[0]):
			return nil, false
		case isKind:
			kinds = append(kinds, strings.Trim(string(bytes.TrimSpace(kind)), `"'`))
			begun, named = true, true
		default:
			begun = true
		}
	}
	return kinds, named || !begun
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
