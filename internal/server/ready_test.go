package server

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/objects"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/store"
)

// mute is a source that never says anything, as one whose registry or mount hangs.
type mute struct{}

func (mute) Name() string { return "mute" }

func (mute) Run(ctx context.Context, _ func(*source.Snapshot)) error {
	<-ctx.Done()
	return nil
}

func (mute) Trigger(bool) {}

// R27: a source that never answers keeps the server from being ready for a minute, and one over a filled database not at all.
func TestR27ReadyAfterAMinute(t *testing.T) {
	for name, filled := range map[string]bool{"empty": false, "filled": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := muteReconciler(t, filled)
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- r.Run(ctx) }()
				time.Sleep(59 * time.Second)
				synctest.Wait()
				if r.Status(false).Ready != filled {
					t.Errorf("after 59 s ready = %t", !filled)
				}
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if !r.Status(false).Ready {
					t.Error("not ready after 61 s")
				}
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func muteReconciler(t *testing.T, filled bool) *reconcile.Reconciler {
	t.Helper()
	dir := t.TempDir()
	key, err := seal.NewKey([]byte(strings.Repeat("k", 32)))
	check(t, err)
	db, err := store.Open(store.Options{Dir: dir, Extension: "json", Key: key})
	check(t, err)
	kept, err := objects.Open(filepath.Join(dir, ".perseid", "objects"), key)
	check(t, err)
	t.Cleanup(func() { check(t, kept.Close()); check(t, db.Close()) })
	inv, err := inventory.Open(filepath.Join(dir, ".perseid", "inventory"), key)
	check(t, err)
	r, err := reconcile.New(reconcile.Options{
		Sources: []reconcile.SourceConfig{{Source: mute{}, Kind: "directory", OnInvalid: desired.Skip}},
		Sink:    newSink(db, key, desired.Examiner{}), Objects: sealed{kept}, Inventory: inv, Filled: filled, Circumstances: "test",
		ReadMark: func(mark []byte) (*inventory.Mark, error) { return readMark(key, mark) },
	})
	check(t, err)
	return r
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
