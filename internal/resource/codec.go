package resource

import "github.com/perseid-dev/perseid/internal/problem"

// Format is how a document is written.
type Format int

// The two formats. YAML reads JSON too, but slower and with YAML's idea of scalars.
const (
	JSON Format = iota
	YAML
)

// Document is one document found in a file.
type Document struct {
	Index    int       // 0-based, in order of appearance (array items count)
	Resource *Resource // nil if it could not be decoded
	// ID is what could be made out of the identity, even where Resource is nil; the zero ID if nothing could.
	ID ID
	// Problems have Path, and Line and Column; Origin is left to the caller. Warnings do not make Resource nil, errors do.
	Problems problem.List
}

// FormatOf tells the format by a path's extension: .json, .yaml or .yml, exact case (perses.md §4.2).
func FormatOf(path string) (Format, bool) { panic("todo") }

// Decode reads every document of a file: one object, an array of objects, or (YAML) several documents of either.
// The second result is what is wrong with the file as a whole (syntax, limits, emptiness).
// All problems of a document come at once. Custom resources (apiVersion: perses.dev/...) are read as what they contain.
func Decode(data []byte, f Format) ([]Document, problem.List) { panic("todo") }

// DecodeBody reads one document of a known kind from an API request's body: JSON, with trailing bytes refused.
// Messages are those of perses.md §1. The kind may be spelled in any case.
func DecodeBody(data []byte, k *Kind) (*Resource, problem.List) { panic("todo") }

// DecodeStored reads one document that a database holds at the place of identity's kind; it is lenient where an older or foreign writer
// may have left something our checks refuse (DELIVERY R29), and fails only on what cannot be represented.
func DecodeStored(data []byte, f Format, k *Kind) (*Resource, error) { panic("todo") }

// JSON is the canonical compact form, as Perses answers and stores it: kind, metadata, spec, then unknown fields; <, > and & escaped.
func (r *Resource) JSON() []byte { panic("todo") }

// YAML is the stored form: what yaml.v3 makes of the resource with an indentation of four, keys in canonical order.
func (r *Resource) YAML() []byte { panic("todo") }

// Hash is the canonical hash without createdAt, updatedAt and version (DELIVERY R12). Two documents that mean the same hash the same,
// whatever their format, key order of free-form maps, or omitted defaults. A non-nil key makes it an HMAC, for what holds secrets (R33).
func (r *Resource) Hash(key []byte) [32]byte { panic("todo") }

// Clone copies deeply.
func (r *Resource) Clone() *Resource { panic("todo") }

// Masked is a copy fit for an answer: every sensitive value replaced by <secret> (perses.md §1.10, §1.14). For kinds without secrets, r itself.
func (r *Resource) Masked() *Resource { panic("todo") }

// Sensitive is how a sensitive value is kept at rest.
type Sensitive uint8

// How sensitive values are kept: encrypted reversibly, hashed, or only masked in answers.
const (
	Encrypted Sensitive = iota + 1
	Hashed
	MaskedOnly
)

// MapSensitive calls f for each non-empty sensitive string of the resource and stores what it returns, in place.
// path is the place in the document, as in problem.Problem.
func (r *Resource) MapSensitive(f func(how Sensitive, path, value string) (string, error)) error { panic("todo") }

// Locate finds where the value at path of the doc-th document is written, 1-based; zeros if it is not to be found.
// A path to something missing gives the nearest parent that is there.
func Locate(data []byte, f Format, doc int, path string) (line, column int) { panic("todo") }
