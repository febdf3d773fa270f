package dir

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/objects"
	"github.com/perseid-dev/perseid/internal/source"
)

// volume is what Kubernetes makes of a ConfigMap.
func volume(t testing.TB, root, version string, files map[string]string) {
	t.Helper()
	for path, content := range files {
		write(t, root, version+"/"+path, content)
	}
	turn(t, root, version)
}

func turn(t testing.TB, root, version string) {
	t.Helper()
	symlink(t, root, version, "..data_tmp")
	if err := os.Rename(filepath.Join(root, "..data_tmp"), filepath.Join(root, swap)); err != nil {
		t.Fatal(err)
	}
}

func TestVolumeIsReadOnce(t *testing.T) {
	root, bodies := t.TempDir(), newBodies(t)
	mount := filepath.Join(root, "mount")
	volume(t, mount, "..2024_1", map[string]string{"a.yaml": "a1", "sub/b.yaml": "b1"})
	symlink(t, mount, "..data/a.yaml", "a.yaml")
	symlink(t, mount, "..data/sub", "sub")
	_, got := start(t, Options{Root: root, Bodies: bodies, Watch: true})
	until(t, got, "version 1", holds(map[string]string{"mount/a.yaml": "a1", "mount/sub/b.yaml": "b1"}, t, bodies))

	volume(t, mount, "..2024_2", map[string]string{"a.yaml": "a2", "sub/b.yaml": "b2", "sub/c.yaml": "c2"})
	if err := os.RemoveAll(filepath.Join(mount, "..2024_1")); err != nil {
		t.Fatal(err)
	}
	until(t, got, "version 2", holds(map[string]string{"mount/a.yaml": "a2", "mount/sub/b.yaml": "b2", "mount/sub/c.yaml": "c2"}, t, bodies))
}

// turning swaps a volume at the n-th question, which is in the middle of a listing.
type turning struct {
	*objects.Store
	after atomic.Int64
	turn  func()
}

func (b *turning) Has(d source.Digest) bool {
	if b.after.Add(-1) == 0 {
		b.turn()
	}
	return b.Store.Has(d)
}

// A listing during which the volume is swapped comes from one side, wherever the swap falls.
func TestSwapDuringListing(t *testing.T) {
	const files = 5
	for after := 1; after <= files; after++ {
		root, bodies := t.TempDir(), newBodies(t)
		versions := []map[string]string{{}, {}}
		for i := range files {
			name := fmt.Sprintf("%d.yaml", i)
			versions[0][name], versions[1][name] = "old "+name, "new "+name
			symlink(t, root, "..data/"+name, name)
		}
		volume(t, root, "..2", versions[1])
		volume(t, root, "..1", versions[0])
		o := New(Options{Root: root, Bodies: bodies}).o
		known := list(context.Background(), o, memory{}).known
		b := &turning{Store: bodies, turn: func() {
			turn(t, root, "..2")
			if err := os.RemoveAll(filepath.Join(root, "..1")); err != nil {
				t.Error(err)
			}
		}}
		b.after.Store(int64(after))
		o.Bodies = b
		r := newRun(New(o), nil)
		r.known.Files = known
		s := r.consistent(context.Background(), false).snapshot(o)
		if b.after.Load() > 0 {
			t.Fatal("the volume was not swapped")
		}
		if diff := cmp.Diff(versions[1], contents(t, bodies, s)); diff != "" || len(s.Unread) > 0 {
			t.Errorf("swap after %d: unread %v, files (-want +got):\n%s", after, s.Unread, diff)
		}
	}
}

// What is resolved through ..data is what it led to when the directory was entered.
func TestThroughIsOneSided(t *testing.T) {
	root := t.TempDir()
	volume(t, root, "..1", map[string]string{"a.yaml": "old"})
	volume(t, root, "..2", map[string]string{"a.yaml": "new"})
	symlink(t, root, "..data/a.yaml", "a.yaml")
	symlink(t, root, "..database", "b.yaml")
	w := walk{root: root, swaps: map[string]string{filepath.Join(root, swap): "..1"}}
	if got, want := w.through("a.yaml"), filepath.Join(root, "..1/a.yaml"); got != want {
		t.Errorf("through ..data: %s, want %s", got, want)
	}
	if got, want := w.through("b.yaml"), filepath.Join(root, "b.yaml"); got != want {
		t.Errorf("not through ..data: %s, want %s", got, want)
	}
}
