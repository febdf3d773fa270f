// Package resource is the vocabulary of Perses: its kinds, their shapes, and how documents are read and written.
//
// Two tables hold the knowledge. The table of kinds (kinds.go) has a row per kind; the table of shapes (shapes_*.go) says, for
// every field anybody knows, its type, default, omission and place in the canonical order. Both stand over one
// ordered JSON tree (Value), so that fields nobody knows survive every round trip at every level.
// Decoding is fast and knows no lines; Locate finds line and column once there is a problem to show.
//
// This package is the only home of YAML. It knows documents one by one: what one document must know of the rest is package validate's.
package resource

import (
	"time"
)

// Resource is one decoded document: {"kind", "metadata", "spec"}. It is owned by whoever decoded it and not safe for concurrent writes.
type Resource struct {
	Kind     *Kind
	Metadata Metadata
	// Spec is normalised: canonical names, order and defaults (contracts: perses.md §1). Unknown fields follow the known ones.
	// They, the names of maps and whatever is opaque are sorted by name. Who changes it keeps that order, on which Hash relies.
	Spec Value
	// Extra holds unknown top-level fields.
	Extra []Field
}

// Metadata is perses.md §1.2. Project is empty for global kinds.
type Metadata struct {
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	Version   uint64    `json:"version"`
	Tags      []string  `json:"tags,omitempty"` // sorted, no duplicates
	Project   string    `json:"project,omitempty"`
	// Extra holds unknown metadata fields.
	Extra []Field `json:"-"`
}

// ID is the identity as written; Fold it where the database is case-insensitive.
func (r *Resource) ID() ID {
	return ID{Kind: r.Kind.Name, Project: r.Metadata.Project, Name: r.Metadata.Name}
}
