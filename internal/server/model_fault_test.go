package server

import (
	"errors"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

// restarts says whether a step closes and opens the database.
func restarts(s step) bool {
	return slices.Contains([]string{"restart", "configure", "adopt", "projects"}, s.verb)
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
