package archive

import (
	"fmt"
	"path"
)

// sort of a path in a tree.
type sort int8

const (
	absent sort = iota
	implied
	directory
	file
)

// tree is what was found at each path, directories that no entry names included.
type tree map[string]sort

// add records an entry of one layer and says whether it can stand beside those before.
func (t tree) add(p string, s sort) error {
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		was := t[dir]
		if was == file {
			return fmt.Errorf("%w: %q lies in %q, which is a file", ErrUnsafe, p, dir)
		}
		if was != absent {
			break // and so are the directories above it
		}
		t[dir] = implied
	}
	if was := t[p]; was != absent && (was != implied || s != directory) {
		return fmt.Errorf("%w: %q is there twice", ErrUnsafe, p)
	}
	t[p] = s
	return nil
}

// merge is the layers above the one that is being read, seen as one tree.
type merge struct {
	above  tree
	gone   map[string]bool   // with everything below
	opaque map[string]bool   // everything below
	folded map[string]string // how a path was spelled first
}

func newMerge() *merge {
	return &merge{above: tree{}, gone: map[string]bool{}, opaque: map[string]bool{}, folded: map[string]string{}}
}

// hides says whether what lies above makes a path of a lower layer invisible.
func (m *merge) hides(p string) bool {
	if m.above[p] != absent || m.gone[p] || m.opaque["."] {
		return true
	}
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if m.above[dir] == file || m.gone[dir] || m.opaque[dir] {
			return true
		}
	}
	return false
}

// show makes a path part of the whole, unless a file system that does not tell cases apart would take it for another.
func (m *merge) show(p string) error {
	for ; p != "."; p = path.Dir(p) {
		key := Fold(p)
		was, known := m.folded[key]
		if known && was != p {
			return fmt.Errorf("%w: %q and %q differ in case only", ErrUnsafe, was, p)
		}
		if known {
			return nil
		}
		m.folded[key] = p
	}
	return nil
}

// lay puts a layer that was read as a whole on the others: what it has, and what it says is gone, counts for the layers below.
func (m *merge) lay(own tree, gone, opaque []string) {
	for p, s := range own {
		if !m.hides(p) {
			m.above[p] = s
		}
	}
	for _, p := range gone {
		m.gone[p] = true
	}
	for _, p := range opaque {
		m.opaque[p] = true
	}
}
