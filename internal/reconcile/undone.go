package reconcile

import (
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// replaced names a content that was stored. It can be done away with once.
type replaced struct {
	id      resource.ID
	version uint64
	created time.Time
	updated time.Time
	digest  source.Digest
}

func (r *Record) replaced() replaced {
	return replaced{r.ID, r.Metadata.Version, r.Metadata.CreatedAt.UTC(), r.Metadata.UpdatedAt.UTC(), r.Digest}
}

// withoutUndone leaves out records of what was not done after all: they are written before, and a failure or the end of the process may have
// come in between. What they tell of is still served, or was replaced later, of which there is a later record.
func withoutUndone(records []Record, have map[resource.ID]desired.Have) []Record {
	keep := make([]bool, len(records))
	later := map[replaced]bool{}
	for i := range slices.Backward(records) {
		r := &records[i]
		is, served := have[r.ID]
		keep[i] = !later[r.replaced()] && !(served && r.tellsOf(is))
		later[r.replaced()] = true
	}
	i := -1
	return slices.DeleteFunc(records, func(Record) bool { i++; return !keep[i] })
}

// tellsOf says whether a record is of what is stored now. Content that others wrote has no digest to compare.
func (r *Record) tellsOf(is desired.Have) bool {
	m := &is.Metadata
	if r.Metadata.Version != m.Version || !r.Metadata.UpdatedAt.Equal(m.UpdatedAt) || !r.Metadata.CreatedAt.Equal(m.CreatedAt) {
		return false
	}
	if is.Mark != nil && is.Hash == is.Mark.Stored {
		return r.Digest == is.Mark.Digest
	}
	return r.Path == keptPath
}
