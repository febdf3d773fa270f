package validate

import (
	"iter"
	"strconv"
	"strings"

	"github.com/perseid-dev/perseid/internal/resource"
)

// node is a value and its place in the document. The value is nil where the document has nothing; the place then says
// where it would be.
type node struct {
	v    *resource.Value
	path string
}

// get walks down fields of known names.
func (n node) get(names ...string) node {
	for _, name := range names {
		n = node{n.v.Get(name), n.path + member(name)}
	}
	return n
}

// fold is get for the insides of plugins, whose keys Perses matches in any case.
func (n node) fold(name string) node {
	for key, field := range n.fields() {
		if strings.EqualFold(key, name) {
			return field
		}
	}
	return node{nil, n.path + member(name)}
}

// is says whether the node is there and of a type.
func (n node) is(t resource.Type) bool { return n.v != nil && n.v.Type == t }

// present says whether the node is there and not null.
func (n node) present() bool { return n.v != nil && n.v.Type != resource.Null }

// str is the text of a string, "" for anything else.
func (n node) str() string { return n.v.Str() }

// items yields the items of an array; nothing for anything else.
func (n node) items() iter.Seq2[int, node] {
	return func(yield func(int, node) bool) {
		if !n.is(resource.Array) {
			return
		}
		for i := range n.v.Items {
			if !yield(i, node{&n.v.Items[i], n.path + "[" + strconv.Itoa(i) + "]"}) {
				return
			}
		}
	}
}

// fields yields the members of an object in their order; nothing for anything else.
func (n node) fields() iter.Seq2[string, node] {
	return func(yield func(string, node) bool) {
		if !n.is(resource.Object) {
			return
		}
		for i := range n.v.Fields {
			f := &n.v.Fields[i]
			if !yield(f.Name, node{&f.Value, n.path + member(f.Name)}) {
				return
			}
		}
	}
}

// member is a field's part of a path, as problem.Problem writes it.
func member(name string) string {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return "[" + strconv.Quote(name) + "]"
		}
	}
	if name == "" {
		return `[""]`
	}
	return "." + name
}
