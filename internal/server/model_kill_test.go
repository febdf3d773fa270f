package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing/synctest"
	"time"

	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
	"github.com/perseid-dev/perseid/test/fault"
)

// killed lets the process die in the middle of a step, on a copy of the database: what the model does not know is how far it came. Of the
// last batch there must be all or nothing, nothing may be in quarantine that was not, and what is started on it must keep the invariants,
// lose nothing that is declared, and come to rest. Then both go on from before.
func (t *trial) killed(s step) string {
	t.rig.close()
	saved := t.dir + ".saved"
	t.must(os.RemoveAll(saved))
	t.must(os.CopyFS(saved, os.DirFS(t.dir)))
	difference := t.dies(s)
	t.must(os.RemoveAll(t.dir))
	t.must(os.Rename(saved, t.dir))
	t.start()
	if difference != "" {
		return "killed: " + difference
	}
	return ""
}

func (t *trial) dies(s step) string {
	t.disk.Rest()
	t.rig.open(t.m.setup)
	time.Sleep(time.Second / 2)
	synctest.Wait()
	before, quarantined := t.entries(), t.quarantined()
	t.sink.last = nil
	t.disk.At, t.disk.Way, t.disk.Err = s.fault-1, fault.Dies, nil
	t.well = true // nobody mends it
	t.disk.Arm()
	t.actAlone(s)
	_ = errors.Join(t.rig.stop(), t.kept.Close(), t.db.Close())
	last := t.sink.last
	t.disk.Rest()
	if difference := t.wholeBatch(last, before); difference != "" {
		return difference
	}
	t.sink.deleted = map[resource.ID]bool{}
	t.rig.open(t.m.setup)
	defer t.rig.close()
	delete(before, s.id) // somebody may delete what its suspended source declares
	return t.comesToRest(before, quarantined)
}

// actAlone does a step, and has everything looked at, without the model.
func (t *trial) actAlone(s step) {
	switch s.verb {
	case "write", "remove", "rename", "clear", "unread":
		t.file(s)
	case "put", "delete":
		t.rig.write(s)
	case "wait":
		time.Sleep(time.Duration(s.n) * time.Second)
		synctest.Wait()
	}
	for _, c := range t.m.setup.sources {
		t.rig.look(c.name)
	}
}

func (r *rig) entries() map[resource.ID]*store.Entry {
	all, err := r.db.All()
	r.must(err)
	found := map[resource.ID]*store.Entry{}
	for _, e := range all {
		found[e.ID] = e
	}
	return found
}

func (r *rig) quarantined() (files []string) {
	_ = filepath.WalkDir(filepath.Join(r.dir, ".perseid", "quarantine"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return nil
	})
	return files
}

// wholeBatch holds that of the batch at which the process died all is there or nothing (R21).
func (t *trial) wholeBatch(b *reconcile.Batch, before map[resource.ID]*store.Entry) string {
	if b == nil {
		return ""
	}
	var err error
	t.db, err = store.Open(store.Options{Dir: t.dir, Extension: "json", Key: t.key})
	t.must(err)
	now := t.entries()
	t.must(t.db.Close())
	var done, undone []string
	note := func(id resource.ID, is bool) {
		if is {
			done = append(done, id.String())
		} else {
			undone = append(undone, id.String())
		}
	}
	for _, p := range b.Puts {
		note(p.ID, stateOf(now[p.ID]) != stateOf(before[p.ID]))
	}
	for _, d := range b.Deletes {
		note(d.ID, now[d.ID] == nil)
	}
	if len(done) > 0 && len(undone) > 0 {
		return fmt.Sprintf("R21: a batch is half done: done %v, not done %v", done, undone)
	}
	return ""
}

func stateOf(e *store.Entry) string {
	if e == nil {
		return ""
	}
	return fmt.Sprintf("%x %d %s", e.Hash, e.Metadata.Version, e.Metadata.UpdatedAt)
}

// comesToRest waits until nothing changes any more.
func (t *trial) comesToRest(before map[resource.ID]*store.Entry, quarantined []string) string {
	for range 3 {
		time.Sleep(settle + delay + time.Second)
		synctest.Wait()
		for _, c := range t.m.setup.sources {
			t.rig.look(c.name)
		}
	}
	t.rig.moved()
	for _, c := range t.m.setup.sources {
		t.rig.look(c.name)
	}
	switch after := t.entries(); {
	case len(t.sink.broken) > 0:
		return strings.Join(t.sink.broken, "\n")
	case t.rig.moved():
		return "R12: looking again and again writes:\n" + strings.Join(t.sink.batches, "\n")
	case len(t.quarantined()) > len(quarantined) && !t.m.anyDamaged():
		return fmt.Sprintf("in quarantine: %v", t.quarantined())
	default:
		for id := range before {
			if after[id] == nil && t.declares(id) {
				return fmt.Sprintf("I1: %s is declared and gone", id)
			}
		}
	}
	return ""
}

// anyDamaged says whether there is anything to be put into quarantine.
func (m *model) anyDamaged() bool {
	for _, s := range m.served {
		if s.damaged {
			return true
		}
	}
	return false
}
