package reconcile

import (
	"errors"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Sink is where resources are kept and served from: a file database now. It is called by one goroutine at a time.
type Sink interface {
	// Have returns everything that is served, with owner marks. The map is the sink's own, and as it is until the next call.
	Have() (map[resource.ID]desired.Have, error)
	// Generation grows whenever what Have would return changes, by one with each Apply: as far as the sink knows, or after a look
	// at what others may have done.
	Generation(look bool) uint64
	// Read returns a resource as it is served, for undo.
	Read(id resource.ID) (*resource.Resource, error)
	// Apply makes a batch visible and durable, all of it or nothing. ErrChanged means that something in the batch is no longer
	// as Have returned it.
	Apply(b Batch) error
}

// ErrChanged is why a batch was refused when what is served changed since it was planned: plan anew.
var ErrChanged = errors.New("what is served changed meanwhile")

// Batch is the changes of one source (R21).
type Batch struct {
	Puts    []Put
	Deletes []Removal
	Marks   []MarkChange
}

// Put creates or replaces one resource.
type Put struct {
	ID resource.ID
	// Load returns the document; it may be called from any goroutine, at most once.
	Load func() (*resource.Resource, error)
	// Mark is the owner mark, nil to leave the resource unmanaged. Its Stored is the Declared hash unless the sink knows better.
	Mark *inventory.Mark
	// Have is what is expected to be there; nil for nothing.
	Have *desired.Have
	// Continue gives createdAt and version of a resource of the same identity that was deleted before (I3).
	Continue *resource.Metadata
}

// Removal deletes one resource that is as Hash says.
type Removal struct {
	ID   resource.ID
	Hash inventory.Hash
}

// MarkChange sets or, with nil, removes an owner mark.
type MarkChange struct {
	ID   resource.ID
	Mark *inventory.Mark
}

// Empty says whether there is nothing to do.
func (b Batch) Empty() bool { return len(b.Puts)+len(b.Deletes)+len(b.Marks) == 0 }
