package resource

import (
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/perseid-dev/perseid/internal/problem"
)

// Places finds where the values of a file are written. It parses the file once, when it is first asked.
type Places struct {
	parse func() []*yaml.Node // one node for each document
}

// NewPlaces is for one file.
func NewPlaces(data []byte, f Format) *Places {
	return &Places{parse: sync.OnceValue(func() []*yaml.Node { return documentNodes(data, f) })}
}

// Locate finds where the value at path of the doc-th document is written, 1-based; zeros if it is not to be found.
// A path to something missing gives the nearest parent that is there.
func (p *Places) Locate(doc int, path string) (line, column int) {
	roots := p.parse()
	if doc < 0 || doc >= len(roots) {
		return 0, 0
	}
	return locate(roots[doc], path)
}

// Complete gives the problems of the doc-th document that have no line yet theirs, in place.
func (p *Places) Complete(doc int, problems problem.List) {
	for i := range problems {
		if at := &problems[i]; at.Line == 0 {
			at.Line, at.Column = p.Locate(doc, at.Path)
		}
	}
}

// documentNodes parses data into nodes that know where they stand.
func documentNodes(data []byte, f Format) []*yaml.Node {
	var tops, docs []*yaml.Node
	data = trimBOM(data)
	if f == YAML {
		tops, _ = yamlNodes(data)
	} else if n := jsonNode(data); n != nil {
		tops = []*yaml.Node{n}
	}
	for _, n := range tops {
		if n.Kind == yaml.SequenceNode {
			docs = append(docs, n.Content...)
			continue
		}
		docs = append(docs, n)
	}
	return docs
}

// locate walks down as far as the path leads.
func locate(n *yaml.Node, path string) (line, column int) {
	for _, s := range parsePath(path) {
		next := child(n, s)
		if next == nil {
			next = detour(n, s)
		}
		if next == nil {
			break
		}
		n = next
	}
	return n.Line, n.Column
}

// detour finds what a step leads to where the document is of another form than what is read of it: a custom resource, which has
// its spec below config, or a folder of Perses 0.53, whose spec is the list of items.
func detour(n *yaml.Node, s step) *yaml.Node {
	if n.Kind == yaml.SequenceNode && s.name == "items" {
		return n
	}
	if config := child(n, step{name: "config"}); config != nil {
		return child(config, s)
	}
	return nil
}

// child is the node that a step leads to; nil if there is none.
func child(n *yaml.Node, s step) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch {
	case s.item && n.Kind == yaml.SequenceNode && s.index < len(n.Content):
		return n.Content[s.index]
	case !s.item && n.Kind == yaml.MappingNode:
		return member(n, s.name)
	}
	return nil
}

// member finds a value by its key: exactly, else in any case, else in what is merged. Of several the last counts.
func member(n *yaml.Node, name string) *yaml.Node {
	var folded, merged *yaml.Node
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		switch key, value := n.Content[i], n.Content[i+1]; {
		case key.Value == name:
			return value
		case strings.EqualFold(key.Value, name):
			folded = value
		case key.Tag == "!!merge" && value.Kind == yaml.AliasNode && value.Alias.Kind == yaml.MappingNode:
			merged = value.Alias
		}
	}
	if folded == nil && merged != nil {
		return member(merged, name)
	}
	return folded
}

// parsePath takes a path of problem.Problem apart; what it cannot read ends it.
func parsePath(path string) []step {
	var steps []step
	for path != "" {
		s, rest, ok := cutStep(path)
		if !ok {
			break
		}
		steps = append(steps, s)
		path = rest
	}
	return steps
}

func cutStep(path string) (s step, rest string, ok bool) {
	inside, bracket := strings.CutPrefix(path, "[")
	if !bracket {
		path = strings.TrimPrefix(path, ".")
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			end = len(path)
		}
		return step{name: path[:end]}, path[end:], end > 0
	}
	if quoted, err := strconv.QuotedPrefix(inside); err == nil {
		name, _ := strconv.Unquote(quoted) // it is a prefix that is quoted
		rest, ok = strings.CutPrefix(inside[len(quoted):], "]")
		return step{name: name}, rest, ok
	}
	number, rest, ok := strings.Cut(inside, "]")
	index, err := strconv.Atoi(number)
	return step{index: index, item: true}, rest, ok && err == nil && index >= 0
}
