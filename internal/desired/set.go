package desired

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/validate"
)

// OnInvalid says what an invalid document does to the rest of its source (R18, R19).
type OnInvalid string

// Skip applies what is good; Hold keeps the previous release whole until all is good. Auto is decided by whoever knows whether the source
// vouches for itself: Build takes it for Skip.
const (
	Auto OnInvalid = "auto"
	Skip OnInvalid = "skip"
	Hold OnInvalid = "hold"
)

// Adopt says when an unmanaged resource may be taken over (R11).
type Adopt string

// The adoption modes.
const (
	AdoptAlways Adopt = "always"
	AdoptEqual  Adopt = "equal"
	AdoptNever  Adopt = "never"
)

// Source is one configured source's part in a build, in configuration order.
type Source struct {
	Name      string
	Priority  int
	OnInvalid OnInvalid
	// Files is the snapshot, with what lies in unread scopes filled in from the one before (R3, R7), sorted by path.
	Files []source.File
	// Unread scopes: marks that lie there and in no file count as still declared.
	Unread []source.Unread
	// Gave is what files that are illegible now declared before, by path: it counts as still declared (R18).
	Gave map[string][]resource.ID
	// Suspended: what it serves stays as it is, whatever its files say.
	Suspended bool
	// Home is Perseid's own namespace in the cluster that the source reads: what comes from there needs no rule (R35).
	Home string
}

// Have is what is served now under one identity.
type Have struct {
	Hash     inventory.Hash
	Mark     *inventory.Mark // nil for unmanaged
	Metadata resource.Metadata
	Facts    validate.Facts
	// Damaged is since when the stored document cannot be read; Hash is then of its last readable version. Zero for fine.
	Damaged time.Time
}

// Left says why prune leaves a managed resource instead of deleting it, "" if it does not: others changed it, into something
// that cannot be read even (I2), or it asks to be kept (R16).
func (h Have) Left() string {
	switch {
	case h.Hash != h.Mark.Stored:
		return "it was changed since it was delivered"
	case !h.Damaged.IsZero():
		return "its stored document cannot be read"
	case slices.Contains(h.Metadata.Tags, KeepTag):
		return "it has the tag " + KeepTag
	case h.Mark.Keep:
		return "its object had the annotation " + annotationPrune + ": disabled"
	}
	return ""
}

// Input is everything a Set depends on. Build changes none of it.
type Input struct {
	Sources  []Source
	Contents func(Key) *Content // never nil for a file of a source
	Have     map[resource.ID]Have
	// Pinned are contents that take the place of what a source declares under an identity (R23).
	Pinned         map[resource.ID]Candidate
	Adopt          Adopt
	CreateProjects bool
	// Tenancy are the rules about what comes from a cluster; without any the defaults of R35 hold.
	Tenancy []Rule
}

// Candidate is a document that may be served: by its place in the objects.
type Candidate struct {
	ID     resource.ID
	Source string
	Origin string
	Path   string
	Place  string // of the declaring file, where Path is another: for what is pinned
	Digest source.Digest
	Index  int
	Secret bool
	// Object is the ConfigMap or Secret it is from, as namespace/configmap/name; empty for other sources.
	Object string
	// Project is that of documents which name none: a part of the Key of the content.
	Project string
	Hash    inventory.Hash
	Facts   validate.Facts
	Keep    bool
	// LastGood: the source's present document is invalid or on hold, and this is what was applied before it (R18).
	LastGood bool
	// Pinned: somebody returned to this content.
	Pinned bool

	rank rank
	row  int // of the Set; -1 for none
}

// namespace is that of Object.
func (c *Candidate) namespace() string {
	namespace, _, _ := strings.Cut(c.Object, "/")
	return namespace
}

// Key names the candidate's content.
func (c *Candidate) Key() Key {
	format, _ := resource.FormatOf(c.Path)
	return Key{Digest: c.Digest, Format: format, Project: c.Project}
}

// rank is the precedence of a candidate, compared from the first field on; higher wins (R8, R36).
type rank struct {
	priority, order int // of its source
	tenure          int // of its namespace: the age of the oldest claim to the identity
	weight          int // by annotation, within a namespace
	age             int // of its object
	file, index     int // in the source, in the file
}

func (r rank) compare(other rank) int {
	return cmp.Or(
		cmp.Compare(r.priority, other.priority), cmp.Compare(r.order, other.order), cmp.Compare(r.tenure, other.tenure),
		cmp.Compare(r.weight, other.weight), cmp.Compare(r.age, other.age), cmp.Compare(r.file, other.file), cmp.Compare(r.index, other.index),
	)
}

// Row is what Build found about one document of one source. Outcome is empty while nothing is decided against it:
// then Plan says what becomes of it.
type Row struct {
	Source, Origin string
	Index          int
	ID             resource.ID // name empty if it could not be made out
	Outcome        delivery.Outcome
	Problems       problem.List // with Origin
	Winner         string
	Awaits         string
	File           source.File
}

// Set is what should be served.
type Set struct {
	// Winners are the documents to serve, by identity. Every candidate's row is in Rows.
	Winners map[resource.ID]*Candidate
	// Declared holds each identity that any source declares, served or not: none of them may be deleted (I1).
	Declared map[resource.ID]bool
	Rows     []Row
	// Projects are names of projects to create unmanaged (delivery.create_projects).
	Projects []string
	// Invalid counts invalid and refused documents by source.
	Invalid map[string]int
	// Frozen sources keep what they serve: their release is on hold (R19), or they are suspended.
	Frozen map[string]bool
}

// Row returns the row of a candidate, nil if it has none.
func (s *Set) Row(c *Candidate) *Row {
	if c.row < 0 {
		return nil
	}
	return &s.Rows[c.row]
}

// RowNumber is where the row of a candidate is in Rows; -1 for none.
func (s *Set) RowNumber(c *Candidate) int { return c.row }
