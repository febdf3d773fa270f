package api

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
	"github.com/perseid-dev/perseid/internal/validate"
)

// attempts bounds how often a write is decided anew because the stored document changed while it was looked at.
const attempts = 5

var (
	// errMoved: the stored document is not the one that the decision was made on.
	errMoved = problem.New(problem.Unavailable, "the document keeps changing, try again")
	// errEqual: the write would leave a managed document as it is (R12).
	errEqual = errors.New("the content is what is stored")
)

// create writes a new document.
func (a *api) create(c *call) error {
	r, err := a.decode(c)
	if err != nil {
		return err
	}
	if err := a.authorize(c.r, c.verb.permission, c.kind.Name, r.Metadata.Project); err != nil {
		return err
	}
	defer a.hold(r)()
	if c.kind.Project {
		if err := a.projectExists(r.Metadata.Project); err != nil {
			return err
		}
	}
	if err := a.acceptable(r, validate.Create(r)); err != nil {
		return err
	}
	if err := a.hashPassword(r); err != nil {
		return err
	}
	entry, err := a.Store.Create(r, nil)
	if err != nil {
		return err
	}
	return a.answerEntry(c.w, entry)
}

// hold keeps other writes from changing what this one must know of other documents, until what it returns is called.
// Only a default datasource excludes other writes: unlike everything else that is checked, two of them could arrive at once.
func (a *api) hold(r *resource.Resource) (release func()) {
	if isDatasource(r.Kind) && r.Spec.True("default") {
		a.rest.Lock()
		return a.rest.Unlock
	}
	a.rest.RLock()
	return a.rest.RUnlock
}

// update replaces a document. A PUT never creates one.
func (a *api) update(c *call) error {
	given, err := a.decode(c)
	if err != nil {
		return err
	}
	if err := a.authorize(c.r, c.verb.permission, c.kind.Name, c.project); err != nil {
		return err
	}
	keep, err := keeps(c)
	if err != nil {
		return err
	}
	if err := a.hashPassword(given); err != nil {
		return err
	}
	defer a.hold(given)()
	for range attempts {
		entry, err := a.replace(c, given.Clone(), keep)
		if errors.Is(err, errMoved) {
			continue
		}
		if err != nil {
			return err
		}
		keep.tell(c.w)
		return a.answerEntry(c.w, entry)
	}
	return errMoved
}

// replace tries once to put r in the place of what is stored. If there is nothing to do it returns the entry that is there.
func (a *api) replace(c *call, r *resource.Resource, keep *keeper) (*store.Entry, error) {
	before, old, err := a.merge(r, keep)
	if err != nil {
		return nil, err
	}
	if keep != nil && before != nil {
		if err := ifMatch(c.r, before.ETag); err != nil {
			return nil, err // rather than what else may be wrong with what was merged
		}
	}
	if err := a.acceptable(r, nil); err != nil {
		return nil, err
	}
	var found *store.Entry
	entry, err := a.Store.Update(r, func(current *store.Entry) error {
		if current == nil {
			return nil
		}
		if merges(r.Kind, keep) && (before == nil || before.ETag != current.ETag) {
			return errMoved
		}
		found = current
		return a.mayReplace(c.r, current, func() bool { return equal(r, old, current) })
	})
	if errors.Is(err, errEqual) {
		return found, nil
	}
	return entry, err
}

// mayReplace decides a PUT on the document as it is. To leave a managed document as it is, is allowed (R12).
func (a *api) mayReplace(r *http.Request, current *store.Entry, same func() bool) error {
	if err := ifMatch(r, current.ETag); err != nil {
		return err
	}
	owner := a.owner(current)
	switch {
	case owner == nil:
		return nil
	case same():
		return errEqual
	}
	return a.protected(current.ID, owner)
}

// remove deletes a document; a project with everything in it.
func (a *api) remove(c *call) error {
	if err := a.authorize(c.r, c.verb.permission, c.kind.Name, c.project); err != nil {
		return err
	}
	if err := a.removeStored(c); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *api) removeStored(c *call) error {
	if c.kind.Name == "Project" {
		return a.removeProject(c)
	}
	return a.Store.Delete(c.id(), func(current *store.Entry) error { return a.mayRemove(c.r, current) })
}

// mayRemove decides a DELETE on the document as it is.
func (a *api) mayRemove(r *http.Request, current *store.Entry) error {
	if current == nil {
		return nil
	}
	if err := ifMatch(r, current.ETag); err != nil {
		return err
	}
	if owner := a.owner(current); owner != nil {
		return a.protected(current.ID, owner)
	}
	return nil
}

// owner is who keeps others from writing a stored document, nil for nobody.
func (a *api) owner(e *store.Entry) *delivery.Owner {
	if owner := a.manager(e); owner != nil && !owner.Writable {
		return owner
	}
	return nil
}

// manager is who manages a stored document, nil for nobody.
func (a *api) manager(e *store.Entry) *delivery.Owner {
	if len(e.Mark) == 0 {
		return nil
	}
	return a.Owner(e.ID, e.Mark)
}

// protected refuses a write to a managed document and says whose it is (R25).
func (a *api) protected(id resource.ID, owner *delivery.Owner) error {
	if !a.Protect {
		return nil
	}
	return &problem.Failure{
		Class:  problem.Forbidden,
		Detail: fmt.Sprintf("%s is managed by %s (%s)", id, owner.Source, owner.Origin),
		Owner:  owner,
	}
}
