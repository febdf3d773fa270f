// Package values makes the schema of a chart's values from its values file, so that each value has one home.
//
// The type of a value is that of its default. Mappings are closed, unless their default is empty or they say "open". What cannot be seen from
// a default stands in a comment on its line, as other generators have it:
//
//	nodePort: null # @schema type:[integer, null]
//	type: ClusterIP # @schema enum:[ClusterIP, NodePort]
//	config: # @schema open
//	ociArtifacts: {} # @schema $ref:ociArtifacts
//
// Descriptions are those of helm-docs: the comment that begins with "# -- ".
package values

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed definitions.json
var files embed.FS

// Schema is a JSON schema, with its keys in order.
type Schema struct {
	Draft       string                     `json:"$schema,omitempty"`
	Title       string                     `json:"title,omitempty"`
	Description string                     `json:"description,omitempty"`
	Ref         string                     `json:"$ref,omitempty"`
	Type        any                        `json:"type,omitempty"`
	Enum        []any                      `json:"enum,omitempty"`
	Default     any                        `json:"default,omitempty"`
	Open        *bool                      `json:"additionalProperties,omitempty"`
	Properties  *Properties                `json:"properties,omitempty"`
	Definitions map[string]json.RawMessage `json:"definitions,omitempty"`
}

// Properties keep the order of the values file.
type Properties struct {
	Names []string
	Of    map[string]*Schema
}

// MarshalJSON implements json.Marshaler.
func (p *Properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range p.Names {
		if i > 0 {
			b.WriteByte(',')
		}
		inner, err := json.Marshal(p.Of[name])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", name, inner)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Parse makes the schema of a values file.
func Parse(file []byte) (*Schema, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(file, &document); err != nil {
		return nil, err
	}
	definitions, err := files.ReadFile("definitions.json")
	if err != nil {
		return nil, err
	}
	s, err := schemaOf(document.Content[0], said{})
	if err != nil {
		return nil, err
	}
	s.Draft, s.Title, s.Description = "http://json-schema.org/draft-07/schema#", "Values of the chart", ""
	if s.Properties.Of["global"] == nil { // Helm hands it to every chart below another
		s.Properties.Names = append(s.Properties.Names, "global")
		s.Properties.Of["global"] = &Schema{Type: "object"}
	}
	if !bytes.Contains(file, []byte("# @schema $ref:")) {
		return s, nil
	}
	return s, json.Unmarshal(definitions, &s.Definitions)
}

// said is what comments say of a value.
type said struct {
	Description string
	Type        any    `yaml:"type"`
	Enum        []any  `yaml:"enum"`
	Ref         string `yaml:"$ref"`
	Open        bool   `yaml:"open"`
}

func comments(key, value *yaml.Node) (s said, err error) {
	var about []string
	for _, line := range strings.Split(key.HeadComment, "\n") {
		if text, begins := strings.CutPrefix(line, "# -- "); begins {
			about = []string{text}
		} else if len(about) > 0 {
			about = append(about, strings.TrimPrefix(line, "# "))
		}
	}
	s.Description = strings.Join(about, " ")
	for _, comment := range []string{key.LineComment, value.LineComment} {
		text, ok := strings.CutPrefix(comment, "# @schema ")
		if !ok {
			continue
		}
		for _, part := range strings.Split(text, ";") {
			name, rest, _ := strings.Cut(strings.TrimSpace(part), ":")
			if name == "open" {
				rest = "true"
			}
			if err = yaml.Unmarshal([]byte(name+": "+rest), &s); err != nil {
				return s, fmt.Errorf("%s: %q: %w", key.Value, comment, err)
			}
		}
	}
	return s, nil
}

func schemaOf(n *yaml.Node, s said) (*Schema, error) {
	schema := &Schema{Description: s.Description, Type: s.Type, Enum: s.Enum}
	if types, several := s.Type.([]any); several {
		if null := slices.Index(types, nil); null >= 0 { // to YAML it is no text
			types[null] = "null"
		}
	}
	if s.Ref != "" {
		schema.Ref = "#/definitions/" + s.Ref
		return schema, nil
	}
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
		return schema, schema.mapping(n, s)
	}
	if err := n.Decode(&schema.Default); err != nil {
		return nil, err
	}
	if schema.Type == nil && schema.Enum == nil {
		schema.Type = map[string]string{"!!str": "string", "!!bool": "boolean", "!!int": "integer", "!!map": "object", "!!seq": "array"}[n.Tag]
		if schema.Type == "" {
			return nil, fmt.Errorf("line %d: the type of %q cannot be seen: add # @schema type:[…]", n.Line, n.Value)
		}
	}
	return schema, nil
}

func (s *Schema) mapping(n *yaml.Node, about said) error {
	if s.Type == nil {
		s.Type = "object"
	}
	s.Open = &about.Open
	s.Properties = &Properties{Of: map[string]*Schema{}}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		about, err := comments(key, value)
		if err != nil {
			return err
		}
		inner, err := schemaOf(value, about)
		if err != nil {
			return fmt.Errorf("%s: %w", key.Value, err)
		}
		s.Properties.Names = append(s.Properties.Names, key.Value)
		s.Properties.Of[key.Value] = inner
	}
	return nil
}

// Leaves lists the paths of all values with their schemas; those below an open mapping too.
func (s *Schema) Leaves() map[string]*Schema {
	all := map[string]*Schema{}
	s.leaves("", all)
	return all
}

func (s *Schema) leaves(path string, all map[string]*Schema) {
	if s.Properties == nil {
		all[path] = s
		return
	}
	for _, name := range s.Properties.Names {
		s.Properties.Of[name].leaves(strings.TrimPrefix(path+"."+name, "."), all)
	}
}

// Text writes the schema as a file.
func (s *Schema) Text() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(s)
	return b.Bytes(), err
}
