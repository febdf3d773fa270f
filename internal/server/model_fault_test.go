package server

import (
	"errors"
	"slices"
	"strings"
	"syscall"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

// spared says whether a step is done on a sound disk: it closes and opens the database, or is a command that means another thing when it is
// given again, as the test does after an error.
func spared(s step) bool {
	return slices.Contains([]string{"restart", "configure", "adopt", "projects", "release", "rollback", "undo", "forget"}, s.verb)
}

// dieable says whether a step can be done without the model, by a process that dies.
func dieable(s step) bool {
	return slices.Contains([]string{"write", "remove", "rename", "clear", "unread", "put", "delete", "wait", "look"}, s.verb)
}

// faulty does a step to both, the real one on a disk that goes wrong if the step says so.
func (t *trial) faulty(s step) string {
	if s.fault > 0 && !spared(s) {
		t.disk.At, t.disk.Way, t.disk.Err = s.fault-1, s.way, syscall.EIO // a full one would make history shorter, by rule
		t.disk.Arm()
		t.well = false
	}
	return t.act(s)
}

// wentWrong makes the disk well again, and says whether it was not.
func (r *rig) wentWrong() bool {
	if r.well || !r.disk.Reached() {
		return false
	}
	r.well = true
	r.disk.Rest()
	return true
}

// stuck says whether the store has a transaction that only the next start finishes (R21), and takes no write until then.
func (r *rig) stuck() bool {
	err := r.db.Delete(resource.ID{Kind: "Project", Name: "nobody"}, func(*store.Entry) error { return errors.New("no") })
	return err != nil && strings.Contains(err.Error(), "the next start finishes it")
}

// revive restarts a server whose database takes no more writes.
func (t *trial) revive() {
	_ = errors.Join(t.rig.stop(), t.kept.Close(), t.db.Close())
	t.start()
	t.lookAll()
}
