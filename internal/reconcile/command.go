package reconcile

import (
	"fmt"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// maxUnlock bounds how long a resource may be unlocked (R24).
const maxUnlock = 7 * 24 * time.Hour

type command struct {
	delivery.Command
	done chan answer
}

type answer struct {
	preview delivery.Preview
	err     error
}

// Do carries out a command and returns once it is carried out, a reconcile excepted, which it only starts. With DryRun it answers what
// the command would change, given what the sources held when they were read last, and changes nothing. Errors are of class NotFound for a source, resource, release or version
// that is not there, Stale for an outdated ID, and Invalid for what makes no sense.
func (r *Reconciler) Do(c delivery.Command) (delivery.Preview, error) {
	if c.DryRun && !tryable(c) {
		return delivery.Preview{}, problem.New(problem.Invalid, fmt.Sprintf("%q cannot be tried without being done", c.Verb))
	}
	if f := r.byName[c.Source]; f != nil && c.Verb == delivery.Reconcile && c.Kind == "" && !c.DryRun {
		f.Source.Trigger(c.Full)
		return delivery.Preview{}, nil
	}
	a := r.ask(command{c, make(chan answer, 1)})
	return a.preview, a.err
}

// ask hands a command to the loop, which alone may change what it knows.
func (r *Reconciler) ask(c command) answer {
	select {
	case r.commands <- c:
		return <-c.done
	case <-r.stopped:
		return answer{err: problem.New(problem.Unavailable, "the server is stopping")}
	}
}

// History is what is kept of a source, or of a resource: then Kind is set. The error is of class NotFound for a source that is not there.
func (r *Reconciler) History(of delivery.Subject) (delivery.History, error) {
	if of.Kind == "" {
		kept, ok := r.status.Load().pasts[of.Source]
		if !ok {
			return delivery.History{}, problem.New(problem.NotFound, fmt.Sprintf("there is no source %q", of.Source))
		}
		return kept.history, nil
	}
	id := resource.ID{Kind: of.Kind, Project: of.Project, Name: of.Name}
	if !r.o.Examiner.CaseSensitive {
		id = id.Fold()
	}
	var pinned *Record
	if rec, ok := r.status.Load().pinned[id]; ok {
		pinned = &rec
	}
	return delivery.History{Versions: r.history.versions(id, pinned)}, nil
}

// obey carries out a command in the loop.
func (r *Reconciler) obey(c command) answer {
	if c.Kind != "" {
		return r.obeyResource(c)
	}
	f := r.byName[c.Source]
	if f == nil {
		if c.Verb == delivery.Forget {
			return r.forget(c)
		}
		return answer{err: problem.New(problem.NotFound, fmt.Sprintf("there is no source %q", c.Source))}
	}
	if c.DryRun && c.Verb != delivery.Forget {
		return r.try(f, c.Command)
	}
	switch c.Verb {
	case delivery.Confirm:
		return answer{err: r.confirm(f, c.ID)}
	case delivery.Suspend, delivery.Resume:
		return answer{err: r.suspend(f, c.Verb == delivery.Suspend)}
	case delivery.Rollback:
		return answer{err: r.rollback(f, c.Command)}
	case delivery.Unpin:
		return answer{err: r.unpin(f)}
	case delivery.Forget:
		return answer{err: problem.New(problem.Invalid, fmt.Sprintf("source %s is configured: take it out of the configuration, then forget it", f.name))}
	}
	return answer{err: problem.New(problem.NotFound, fmt.Sprintf("sources know no command %q", c.Verb))}
}

// confirm lets a hold go; an ID of anything but the present one is stale (R14).
func (r *Reconciler) confirm(f *follower, id string) error {
	if err := f.holds(id); err != nil {
		return err
	}
	f.confirmed = id
	r.reconcile(true)
	f.Source.Trigger(false)
	return f.err
}

// holds fails unless the source has a hold of this ID.
func (f *follower) holds(id string) error {
	switch {
	case f.hold == nil:
		return problem.New(problem.Stale, fmt.Sprintf("source %s holds nothing", f.name))
	case f.hold.ID != id:
		return problem.New(problem.Stale, fmt.Sprintf("%q is not the present hold of source %s, which is %s: look again at what it would delete", id, f.name, f.hold.ID))
	}
	return nil
}

// suspend leaves what a source serves as it is, or follows the source again.
func (r *Reconciler) suspend(f *follower, on bool) error {
	before := f.saved.Suspended
	if on == !before.IsZero() {
		return nil
	}
	f.saved.Suspended = time.Time{}
	if on {
		f.saved.Suspended = r.now()
	}
	if err := f.memory.SaveJSON(f.saved); err != nil {
		f.saved.Suspended = before
		return err
	}
	r.log.Info("suspended", "source", f.name, "suspended", on)
	r.reconcile(true)
	return f.err
}

func (r *Reconciler) unpin(f *follower) error {
	before := f.saved.Pin
	if before == nil {
		return f.notPinned()
	}
	f.saved.Pin = nil
	if err := f.memory.SaveJSON(f.saved); err != nil {
		f.saved.Pin = before
		return err
	}
	r.log.Info("unpinned", "source", f.name)
	r.reconcile(true)
	return f.err
}

func (f *follower) notPinned() error {
	return problem.New(problem.Invalid, fmt.Sprintf("source %s is not pinned by a rollback", f.name))
}

// obeyResource carries out a command about one resource.
func (r *Reconciler) obeyResource(c command) answer {
	kind, err := resource.KindByName(c.Kind)
	if err != nil {
		return answer{err: problem.New(problem.Invalid, err.Error())}
	}
	id := resource.ID{Kind: kind.Name, Project: c.Project, Name: c.Name}
	if !r.o.Examiner.CaseSensitive {
		id = id.Fold()
	}
	switch c.Verb {
	case delivery.Unlock:
		return answer{err: r.unlock(id, c.For)}
	case delivery.Rollback:
		return r.rollbackResource(id, c.Version, c.DryRun)
	case delivery.Unpin:
		return answer{err: r.unpinResource(id)}
	case delivery.Undo:
		return answer{err: r.undo(id)}
	}
	return answer{err: problem.New(problem.NotFound, fmt.Sprintf("resources know no command %q", c.Verb))}
}

// unlock makes one managed resource writable for a while; for no time at all it locks it again (R24).
func (r *Reconciler) unlock(id resource.ID, d time.Duration) error {
	if d < 0 || d > maxUnlock {
		return problem.New(problem.Invalid, fmt.Sprintf("a resource can be unlocked for up to %s, not for %s", maxUnlock, d))
	}
	if _, err := r.managed(id); err != nil {
		return err
	}
	before := slices.Clone(r.decisions.Unlocked)
	r.decisions.lock(id)
	if d > 0 {
		r.decisions.unlock(id, r.now().Add(d))
	}
	if err := r.decisions.save(); err != nil {
		r.decisions.Unlocked = before
		return err
	}
	r.log.Info("unlocked", "resource", id.String(), "for", d)
	r.reconcile(true)
	return nil
}

// rollbackResource pins one resource to a previous content.
func (r *Reconciler) rollbackResource(id resource.ID, version *uint64, dryRun bool) answer {
	owner, err := r.managed(id)
	if err != nil {
		return answer{err: err}
	}
	rec, err := r.recordOf(id, version)
	if err != nil {
		return answer{err: err}
	}
	if _, err := r.previous(rec, owner); err != nil {
		return answer{err: err}
	}
	before := slices.Clone(r.decisions.Pinned)
	r.decisions.pin(pinnedRecord{Source: owner, Since: r.now(), Record: rec})
	if dryRun {
		defer func() { r.decisions.Pinned = before }()
		return r.preview()
	}
	if err := r.decisions.save(); err != nil {
		r.decisions.Pinned = before
		return answer{err: err}
	}
	r.log.Info("rolled back", "resource", id.String(), "version", rec.Metadata.Version)
	r.reconcile(true)
	return answer{}
}

func (r *Reconciler) recordOf(id resource.ID, version *uint64) (Record, error) {
	records := r.history.of(id)
	for _, rec := range records {
		if version == nil || rec.Metadata.Version == *version {
			return rec, nil
		}
	}
	if len(records) == 0 {
		return Record{}, problem.New(problem.NotFound, fmt.Sprintf("nothing is kept of %s before its present content", id))
	}
	return Record{}, problem.New(problem.NotFound, fmt.Sprintf("version %d of %s is not kept: its history lists those that are", *version, id))
}

func (r *Reconciler) unpinResource(id resource.ID) error {
	before := slices.Clone(r.decisions.Pinned)
	if !r.decisions.unpin(id) {
		return problem.New(problem.Invalid, fmt.Sprintf("%s is not pinned", id))
	}
	if err := r.decisions.save(); err != nil {
		r.decisions.Pinned = before
		return err
	}
	r.reconcile(true)
	return nil
}

// managed is the source that owns a resource.
func (r *Reconciler) managed(id resource.ID) (string, error) {
	have, err := r.sink.Have()
	if err != nil {
		return "", err
	}
	h, ok := have[id]
	switch {
	case !ok:
		return "", problem.New(problem.NotFound, fmt.Sprintf("there is no %s", id))
	case h.Mark == nil:
		return "", problem.New(problem.Invalid, fmt.Sprintf("%s is not managed by any source: change it through the API", id))
	}
	return h.Mark.Source, nil
}
