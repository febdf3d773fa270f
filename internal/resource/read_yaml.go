package resource

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/perseid-dev/perseid/internal/problem"
)

// maxAliased bounds the values that a file's aliases and merge keys expand to.
const maxAliased = 100_000

// yamlReader turns nodes into Values.
type yamlReader struct {
	depth   int
	inside  int // aliases being expanded
	aliased int // values made of aliases and merge keys so far
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

// nodeError is why a node cannot be a Value.
type nodeError struct {
	node    *yaml.Node
	code    problem.Code
	message string
}

func (e *nodeError) problem() *problem.Problem {
	return &problem.Problem{Code: e.code, Severity: problem.Error, Line: e.node.Line, Column: e.node.Column, Message: e.message}
}

// value converts a node.
func (r *yamlReader) value(n *yaml.Node) (Value, *nodeError) {
	r.depth++
	defer func() { r.depth-- }()
	if r.depth > maxDepth {
		return Value{}, &nodeError{n, problem.CodeLimit, errDepth.Error()}
	}
	if r.inside > 0 {
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
		r.inside++
		defer func() { r.inside-- }()
		return r.value(n.Alias)
	}
	return scalarOf(n)
}

// count adds to what aliases and merge keys have made.
func (r *yamlReader) count(values int, at *yaml.Node) *nodeError {
	if r.aliased += values; r.aliased > maxAliased {
		return &nodeError{at, problem.CodeLimit, fmt.Sprintf("aliases and merge keys expand to more than %d values", maxAliased)}
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
		return Value{}, &nodeError{n, problem.CodeValue, "binary values are not supported"}
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
			return Value{}, &nodeError{key, problem.CodeSyntax, "not YAML for JSON: a key must be a single word or text"}
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

// merge adds what a merge key names: an object, or a list of them of which the first to have a field counts.
func (r *yamlReader) merge(into []Field, v Value, at *yaml.Node) ([]Field, *nodeError) {
	objects := []Value{v}
	if v.Type == Array {
		objects = v.Items
	}
	for _, o := range objects {
		if o.Type != Object {
			return nil, &nodeError{at, problem.CodeSyntax, "a merge key needs an object or a list of objects"}
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

var (
	// yamlLine takes a message of the parser apart.
	yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)
	// yamlFromZero are the messages for which yaml.v3 counts lines from 0: those about grammar. Those about words it counts from 1.
	yamlFromZero = regexp.MustCompile(`^did not find expected (<|node content|'-' indicator|key|',' or )`)
	// yamlQuoted is what a message quotes of the document, which may be part of a secret. Single characters are the grammar's.
	yamlQuoted = regexp.MustCompile(" ('[^']{2,}'|`[^`]{2,}`|\"[^\"]{2,}\")")
)

// yamlProblem puts the parser's complaint in a form that can be shown.
func yamlProblem(data []byte, err error) *problem.Problem {
	p := &problem.Problem{Code: problem.CodeSyntax, Severity: problem.Error, Line: 1, Column: 1}
	message, _, _ := strings.Cut(err.Error(), "\n")
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			if yamlFromZero.MatchString(m[2]) {
				n = min(n+1, bytes.Count(bytes.TrimRight(data, "\n"), []byte("\n"))+1) // not behind the end
			}
			p.Line, p.Column = n, indentation(data, n)+1
		}
		message = m[2]
	}
	p.Message = "not YAML: " + yamlQuoted.ReplaceAllString(message, "")
	return p
}

// indentation counts the spaces that a line (1-based) begins with.
func indentation(data []byte, line int) int {
	for ; line > 1; line-- {
		_, rest, found := bytes.Cut(data, []byte("\n"))
		if !found {
			return 0
		}
		data = rest
	}
	return len(data) - len(bytes.TrimLeft(data, " "))
}
