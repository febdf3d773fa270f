package reconcile

import (
	"fmt"
	"slices"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// Content is a kept version of a resource in JSON, as its document declared it. Of what holds secrets, or came from a place for them, it is
// refused with class Forbidden (R33). The error is of class NotFound for what is not kept.
func (r *Reconciler) Content(of delivery.Subject, version uint64) ([]byte, error) {
	id := resource.ID{Kind: of.Kind, Project: of.Project, Name: of.Name}
	if !r.o.Examiner.CaseSensitive {
		id = id.Fold()
	}
	rec, ok := r.recordAt(id, version)
	switch {
	case !ok:
		return nil, problem.New(problem.NotFound, fmt.Sprintf("version %d of %s is not kept: its history lists those that are", version, id))
	case rec.Secret || holdsSecrets(id):
		return nil, problem.New(problem.Forbidden, fmt.Sprintf("version %d of %s is not shown: it holds a secret, or came from a place for secrets", version, id))
	}
	data, err := r.objects.Open(rec.Digest)
	if err != nil {
		return nil, &problem.Failure{Class: problem.NotFound, Detail: fmt.Sprintf("the content of version %d of %s is no longer kept", version, id), Err: err}
	}
	for _, project := range []string{"", id.Project} { // of a document that names none
		key := desired.KeyOf(source.File{Path: rec.Path, Digest: rec.Digest, Object: source.Object{Project: project}})
		if found := r.documentOf(id, rec.Index, data, key); found != nil {
			return found.JSON(), nil
		}
	}
	return nil, problem.New(problem.NotFound, fmt.Sprintf("version %d of %s is no longer valid", version, id))
}

// recordAt finds a version in the history, or as what the resource is pinned to. It may be asked at any time.
func (r *Reconciler) recordAt(id resource.ID, version uint64) (Record, bool) {
	records := r.history.list(id)
	if pinned, ok := r.status.Load().pinned[id]; ok {
		records = append(records, pinned)
	}
	i := slices.IndexFunc(records, func(rec Record) bool { return rec.Metadata.Version == version })
	if i < 0 {
		return Record{}, false
	}
	return records[i], true
}

// documentOf decodes one document of a file; nil if it is not valid, or of another identity.
func (r *Reconciler) documentOf(id resource.ID, index int, data []byte, key desired.Key) *resource.Resource {
	var out *resource.Resource
	r.o.Examiner.Examine(data, key, func(i int, found *resource.Resource) {
		if i == index && found.ID() == id {
			out = found
		}
	})
	return out
}

func holdsSecrets(id resource.ID) bool {
	kind, err := resource.KindByName(id.Kind)
	return err != nil || kind.Secret
}
