package resource

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/perseid-dev/perseid/internal/problem"
)

// maxAliased bounds the values that a file's aliases and merge keys expand to.
const maxAliased = 100_000

// yamlReader turns nodes into Values.
type yamlReader struct {
	depth   int
	inside  []*yaml.Node // anchors being expanded
	aliased int          // values made of aliases and merge keys so far
}

// readYAML reads the documents that data holds, without those that are empty, up to the first that cannot be read.
// Names that are there twice stay twice.
func readYAML(data []byte) ([]Value, *problem.Problem) {
	nodes, p := yamlNodes(data)
	var values []Value
	r := &yamlReader{}
	for _, n := range nodes {
		v, err := r.value(n)
		if err != nil {
			return values, err.problem()
		}
		values = append(values, v)
	}
	return values, p
}

// yamlNodes parses the documents of a file that are not empty.
func yamlNodes(data []byte) ([]*yaml.Node, *problem.Problem) {
	if line := crowded(data); line > 0 {
		return nil, &problem.Problem{Code: problem.CodeLimit, Severity: problem.Error, Line: line, Column: 1, Message: errValues.message, Hint: errValues.hint}
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var nodes []*yaml.Node
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		switch {
		case errors.Is(err, io.EOF):
			return nodes, nil
		case err != nil:
			return nodes, yamlProblem(data, err)
		case len(n.Content) == 0 || n.Content[0].Tag == "!!null":
			continue
		}
		nodes = append(nodes, n.Content[0])
	}
}

// crowded is the line in which a file comes to hold more than maxValues values, 0 if it does not. Nothing can stop the parser on its
// way, so this counts, before it, the marks that every value but the first needs one of; text that has them inside counts too.
func crowded(data []byte) (line int) {
	if len(data) <= maxValues {
		return 0
	}
	line = 1
	marks := 0
	for i, c := range data {
		switch c {
		case '\n', '\r', ',', '[', '{', ':':
			marks++
		case '-', '?':
			if i+1 < len(data) && data[i+1] == ' ' {
				marks++
			}
		}
		if marks > maxValues {
			return line
		}
		if c == '\n' {
			line++
		}
	}
	return 0
}

// nodeError is why a node cannot be a Value.
type nodeError struct {
	node          *yaml.Node
	code          problem.Code
	message, hint string
}

func (e *nodeError) problem() *problem.Problem {
	return &problem.Problem{Code: e.code, Severity: problem.Error, Line: e.node.Line, Column: e.node.Column, Message: e.message, Hint: e.hint}
}

// value converts a node.
func (r *yamlReader) value(n *yaml.Node) (Value, *nodeError) {
	r.depth++
	defer func() { r.depth-- }()
	if r.depth > maxDepth {
		return Value{}, &nodeError{n, problem.CodeLimit, errDepth.message, errDepth.hint}
	}
	if len(r.inside) > 0 {
		if err := r.count(1, n); err != nil {
			return Value{}, err
		}
	}
	switch n.Kind {
	case yaml.MappingNode:
		return r.mapping(n)
	case yaml.SequenceNode:
		return r.sequence(n)
	case yaml.AliasNode:
		return r.alias(n)
	}
	return scalarOf(n)
}

func (r *yamlReader) alias(n *yaml.Node) (Value, *nodeError) {
	if slices.Contains(r.inside, n.Alias) {
		return Value{}, &nodeError{n, problem.CodeLimit, "an alias (*) inside of what it stands for", "write out what is meant"}
	}
	r.inside = append(r.inside, n.Alias)
	defer func() { r.inside = r.inside[:len(r.inside)-1] }()
	return r.value(n.Alias)
}

// count adds to what aliases and merge keys have made.
func (r *yamlReader) count(values int, at *yaml.Node) *nodeError {
	if r.aliased += values; r.aliased > maxAliased {
		return &nodeError{at, problem.CodeLimit, fmt.Sprintf("aliases and merge keys expand to more than %d values", maxAliased),
			"write out what is meant, or use fewer aliases of aliases"}
	}
	return nil
}

// scalarOf leaves what is written without quotes to the shape that expects it.
func scalarOf(n *yaml.Node) (Value, *nodeError) {
	const quotes = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	switch {
	case n.Tag == "!!null":
		return Value{}, nil
	case n.Tag == "!!binary":
		return Value{}, &nodeError{n, problem.CodeValue, "binary values are not supported", "write text"}
	case n.Tag == "!!str" && n.Style&(quotes|yaml.TaggedStyle) != 0:
		return Value{Type: String, Text: n.Value}, nil
	}
	return Value{Type: plain, Text: n.Value}, nil
}

func (r *yamlReader) sequence(n *yaml.Node) (Value, *nodeError) {
	items := make([]Value, len(n.Content))
	for i, c := range n.Content {
		v, err := r.value(c)
		if err != nil {
			return Value{}, err
		}
		items[i] = v
	}
	return Value{Type: Array, Items: items}, nil
}

func (r *yamlReader) mapping(n *yaml.Node) (Value, *nodeError) {
	fields := make([]Field, 0, len(n.Content)/2)
	var merged []Field
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return Value{}, &nodeError{key, problem.CodeSyntax, "a key must be a single word or text", keyHint(key)}
		}
		v, err := r.value(n.Content[i+1])
		if err != nil {
			return Value{}, err
		}
		if key.Tag == "!!merge" {
			if merged, err = r.merge(merged, v, n.Content[i+1]); err != nil {
				return Value{}, err
			}
			continue
		}
		fields = append(fields, Field{Name: key.Value, Value: v})
	}
	return Value{Type: Object, Fields: addMissing(fields, merged)}, nil
}

// keyHint is what to do about a key that is an object or a list. Two braces are how templates begin.
func keyHint(key *yaml.Node) string {
	if key.Kind == yaml.MappingNode && key.Style&yaml.FlowStyle != 0 {
		return unrendered + ", or put it in quotes"
	}
	return "put it in quotes"
}

// merge adds what a merge key names: an object, or a list of them of which the first to have a field counts.
func (r *yamlReader) merge(into []Field, v Value, at *yaml.Node) ([]Field, *nodeError) {
	objects := []Value{v}
	if v.Type == Array {
		objects = v.Items
	}
	for _, o := range objects {
		if o.Type != Object {
			return nil, &nodeError{at, problem.CodeSyntax, "a merge key (<<) needs an object or a list of objects", "name an anchor of an object: <<: *name"}
		}
		if err := r.count(len(o.Fields), at); err != nil {
			return nil, err
		}
		into = addMissing(into, o.Fields)
	}
	return into, nil
}

// addMissing adds those of more whose names are not there yet.
func addMissing(fields, more []Field) []Field {
	if len(more) == 0 {
		return fields
	}
	have := make(map[string]bool, len(fields))
	for _, f := range fields {
		have[f.Name] = true
	}
	for _, f := range more {
		if !have[f.Name] {
			have[f.Name] = true
			fields = append(fields, f)
		}
	}
	return fields
}
