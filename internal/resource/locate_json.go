package resource

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// jsonPlaces builds nodes with lines and columns out of JSON, so that both formats are searched alike.
type jsonPlaces struct {
	dec  *jsontext.Decoder
	data []byte
	// line and column are those of data[offset].
	offset, line, column int
	depth                int
}

// jsonNode parses JSON; nil if it is not.
func jsonNode(data []byte) *yaml.Node {
	p := &jsonPlaces{dec: jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true)), data: data, line: 1, column: 1}
	return p.node()
}

// node reads the next value; nil at the first mistake.
func (p *jsonPlaces) node() *yaml.Node {
	kind := p.dec.PeekKind()
	n := &yaml.Node{Kind: yaml.ScalarNode}
	if kind != '{' && kind != '[' {
		raw, err := p.dec.ReadValue()
		if err != nil {
			return nil
		}
		p.advance(int(p.dec.InputOffset()) - len(raw))
		n.Line, n.Column = p.line, p.column
		if kind == '"' {
			text, _ := jsontext.AppendUnquote(nil, raw) // the decoder has accepted it
			n.Value = string(text)
		}
		return n
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return nil
	}
	p.advance(int(p.dec.InputOffset()) - 1)
	n.Line, n.Column = p.line, p.column
	n.Kind = yaml.SequenceNode
	if kind == '{' {
		n.Kind = yaml.MappingNode
	}
	return p.content(n)
}

// content reads what n holds, names and values of an object in turn.
func (p *jsonPlaces) content(n *yaml.Node) *yaml.Node {
	if p.depth++; p.depth > maxDepth {
		return nil
	}
	defer func() { p.depth-- }()
	for {
		switch p.dec.PeekKind() {
		case jsontext.KindInvalid:
			return nil
		case '}', ']':
			if _, err := p.dec.ReadToken(); err != nil {
				return nil
			}
			return n
		}
		c := p.node()
		if c == nil {
			return nil
		}
		n.Content = append(n.Content, c)
	}
}

// advance moves line and column on to an offset that is not before the last one. Columns count characters.
func (p *jsonPlaces) advance(to int) {
	for ; p.offset < to; p.offset++ {
		switch c := p.data[p.offset]; {
		case c == '\n':
			p.line++
			p.column = 1
		case c < 0x80 || c >= 0xc0: // not the inside of a character
			p.column++
		}
	}
}
