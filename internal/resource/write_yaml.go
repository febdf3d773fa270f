package resource

import (
	"bytes"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// YAML is the stored form: what yaml.v3 makes of the resource with an indentation of four, keys in canonical order.
func (r *Resource) YAML() []byte {
	metadata := r.Metadata.value(r.Kind)
	for i := range metadata.Fields[:3] {
		if f := &metadata.Fields[i]; f.Name != "name" {
			f.Value.Type = plain // times have no quotes
		}
	}
	doc := Value{Type: Object, Fields: []Field{
		{"kind", Value{Type: String, Text: r.Kind.Name}},
		{"metadata", metadata},
	}}
	if r.Kind.Name != "Project" || len(r.Spec.Fields) > 0 { // an empty spec of a project is left out (perses.md §1.4)
		doc.Fields = append(doc.Fields, Field{"spec", r.Spec})
	}
	doc.Fields = append(doc.Fields, r.Extra...)
	return encodeYAML(yamlNode(doc))
}

func encodeYAML(n *yaml.Node) []byte {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(4)
	if err := enc.Encode(n); err != nil {
		panic(err) // nodes made by yamlNode have nothing that cannot be written, and a buffer takes all
	}
	return b.Bytes()
}

// yamlNode makes a node that is written as yaml.v3 writes the equivalent Go value.
func yamlNode(v Value) *yaml.Node {
	switch v.Type {
	case String:
		return stringNode(v.Text)
	case Bool, Number, plain:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.Text}
	case Array:
		n := &yaml.Node{Kind: yaml.SequenceNode, Content: make([]*yaml.Node, len(v.Items))}
		for i := range v.Items {
			n.Content[i] = yamlNode(v.Items[i])
		}
		return n
	case Object:
		n := &yaml.Node{Kind: yaml.MappingNode, Content: make([]*yaml.Node, 0, 2*len(v.Fields))}
		for i := range v.Fields {
			n.Content = append(n.Content, stringNode(v.Fields[i].Name), yamlNode(v.Fields[i].Value))
		}
		return n
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: "null"}
}

// stringNode quotes what yaml.v3 would read as something else, what YAML 1.1 would, what yaml.v3 could not read again,
// and numbers too large for yaml.v3, which resolvePlain reads as numbers.
func stringNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if isOldBool(s) || blockBreaks(s) || isJSONNumber(s) || strings.Contains(s, ":") && sexagesimal.MatchString(s) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// blockBreaks says whether s has several lines and begins with a blank: yaml.v3 writes an indentation for it that it refuses
// to read inside lists.
func blockBreaks(s string) bool {
	return s != "" && strings.Contains(" \t\n", s[:1]) && strings.Contains(s, "\n")
}

// isOldBool says whether s is a boolean of YAML 1.1 that yaml.v3 quotes.
func isOldBool(s string) bool {
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF":
		return true
	}
	return false
}

// sexagesimal is a number to the base of 60 of YAML 1.1, such as 12:30:45, that yaml.v3 quotes.
var sexagesimal = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$`)
