package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/objects"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/store"
	"github.com/perseid-dev/perseid/test/fault"
)

// setup is the configuration.
type setup struct {
	sources        []shelfConfig
	adopt          desired.Adopt
	createProjects bool
}

// rig is the real thing: a Reconciler over a real database, in a bubble of simulated time.
type rig struct {
	t       *testing.T
	dir     string
	key     *seal.Key
	shelves []*shelf
	hashes  *hashes
	edits   int // behind the server's back
	disk    fault.Disk
	well    bool // what went wrong with the disk was noticed, and is over

	started    time.Time
	db         *store.Store
	kept       *objects.Store
	sources    map[string]*shelfSource
	reconciler *reconcile.Reconciler
	stop       func() error
	sink       witness
	generation uint64 // when moved was last asked
}

// open starts what setup describes and waits until it has reconciled once. Time goes on by a second, half of it before.
func (r *rig) open(s setup) {
	r.t.Helper()
	time.Sleep(time.Second / 2) // so that the loop's own ticks fall between the model's
	r.started = time.Now()
	var err error
	r.db, err = store.Open(store.Options{Dir: r.dir, Extension: "json", Key: r.key, Disk: r.disk.Ask})
	r.must(err)
	r.kept, err = objects.OpenOn(r.disk.Ask, filepath.Join(r.dir, ".perseid", "objects"), r.key)
	r.must(err)
	inv, err := inventory.OpenOn(r.disk.Ask, filepath.Join(r.dir, ".perseid", "inventory"), r.key)
	r.must(err)
	r.sink.Sink = newSink(r.db, r.key, r.hashes.examiner)
	r.sources = map[string]*shelfSource{}
	r.reconciler, err = reconcile.New(reconcile.Options{
		Sources: r.configure(s), Sink: &r.sink, Objects: sealed{r.kept}, Inventory: inv,
		ReadMark: func(mark []byte) (*inventory.Mark, error) { return readMark(r.key, mark) },
		Examiner: r.hashes.examiner, Circumstances: "model", Adopt: s.adopt, CreateProjects: s.createProjects,
	})
	r.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.reconciler.Run(ctx) }()
	r.stop = func() error { cancel(); return <-done }
	synctest.Wait()
}

func (r *rig) configure(s setup) []reconcile.SourceConfig {
	var out []reconcile.SourceConfig
	for _, c := range s.sources {
		src := &shelfSource{
			config: c, shelf: r.shelves[c.shelf], started: r.started, bodies: sealed{r.kept}, trigger: make(chan struct{}, 1),
		}
		r.sources[c.name] = src
		sc := reconcile.SourceConfig{
			Source: src, Kind: "shelf", Priority: c.priority, OnInvalid: desired.Skip, PruneOff: c.pruneOff, Settle: settle, PruneDelay: delay,
		}
		if c.hold {
			sc.OnInvalid = desired.Hold
		}
		out = append(out, sc)
	}
	return out
}

func (r *rig) close() {
	r.t.Helper()
	r.must(errors.Join(r.stop(), r.kept.Close(), r.db.Close()))
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// look has a source listed, and waits until the loop has nothing left to do.
func (r *rig) look(name string) {
	r.sink.pass()
	r.sources[name].Trigger(false)
	synctest.Wait()
	if r.wentWrong() {
		r.look(name)
	}
}

// allowed is the owner check of the API (R25).
func (r *rig) allowed(e *store.Entry) error {
	if e == nil || len(e.Mark) == 0 {
		return nil
	}
	if owner := r.reconciler.Owner(e.ID, e.Mark); owner != nil && !owner.Writable {
		return fmt.Errorf("%s is managed by %s", e.ID, owner.Source)
	}
	return nil
}

// write does what the API does; it says whether it was allowed. What failed because of the disk is done again.
func (r *rig) write(s step) bool {
	err := r.writeOnce(s)
	if r.wentWrong() && err != nil && !r.stuck() {
		err = r.writeOnce(s)
	}
	return err == nil || r.stuck()
}

func (r *rig) writeOnce(s step) (err error) {
	switch s.verb {
	case "post":
		_, err = r.db.Create(decoded(r.t, paper{ID: s.id, content: s.content}), nil)
	case "put":
		_, err = r.db.Update(decoded(r.t, paper{ID: s.id, content: s.content}), r.allowed)
	case "delete":
		err = r.db.Delete(s.id, r.allowed)
	}
	return err
}

// edit writes a document's file behind the server's back.
func (r *rig) edit(s step) {
	r.t.Helper()
	e, err := r.db.Get(s.id)
	r.must(err)
	doc := decoded(r.t, paper{ID: s.id, content: s.content})
	doc.Metadata.CreatedAt, doc.Metadata.UpdatedAt, doc.Metadata.Version = e.Metadata.CreatedAt, e.Metadata.UpdatedAt, e.Metadata.Version
	r.overwrite(s.id, doc.JSON())
}

// overwrite replaces a document's file as editors do.
func (r *rig) overwrite(id resource.ID, data []byte) {
	r.t.Helper()
	path := r.file(id)
	r.must(os.WriteFile(path+"~", data, 0o600))
	r.edits++
	when := time.Unix(1e9+int64(r.edits), 0)
	r.must(os.Chtimes(path+"~", when, when)) // a time that no other edit has
	r.must(os.Rename(path+"~", path))
}

func (r *rig) file(id resource.ID) string {
	kind, err := resource.KindByName(id.Kind)
	r.must(err)
	return filepath.Join(r.dir, kind.Plural, id.Project, id.Name+".json")
}

// order gives the Reconciler a command; it says whether it was carried out.
func (r *rig) order(c delivery.Command) bool {
	r.sink.pass()
	_, err := r.reconciler.Do(c)
	synctest.Wait()
	if r.wentWrong() && err != nil {
		_, err = r.reconciler.Do(c)
		synctest.Wait()
		if class := problem.ClassOf(err); c.Verb == delivery.Confirm && class == problem.Stale || c.Verb == delivery.Unpin && class == problem.Invalid {
			return true // it was carried out, and what failed came after
		}
	}
	return err == nil
}

// holdOf is the hold of a source as the status shows it.
func (r *rig) holdOf(name string) *delivery.Hold {
	for _, s := range r.reconciler.Status(false).Sources {
		if s.Name == name {
			return s.Hold
		}
	}
	return nil
}

// moved says whether the database changed since it was last asked.
func (r *rig) moved() bool {
	before := r.generation
	r.generation = r.db.Generation()
	return r.generation != before
}
