package mirror

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// TestCrash ends the mirror at each step of a change, deletes the objects meanwhile, and starts again: every file that readers see is
// whole at any time, what nobody declares is gone, what is declared is there, and what others wrote is as it was.
func TestCrash(t *testing.T) {
	before := []string{"1 a.json A", "1 b.json B", "1 gone.json G"}
	after := []string{"1 a.json A2", "1 sub/c.json C", "1 taken.json T"}
	whole := map[string][]string{
		"a.json": {"A", "A2"}, "b.json": {"B"}, "gone.json": {"G"}, "sub/c.json": {"C"}, "taken.json": {"theirs", "T"}, "theirs.txt": {"theirs"},
	}
	for _, last := range [][]string{after, before, {}} {
		for step := 0; ; step++ {
			w := newWorld(t, Options{})
			w.write("theirs.txt", "theirs")
			w.write("taken.json", "theirs")
			w.apply(before...)
			if !w.crash(step, after) {
				break
			}
			for path, content := range tree(t, w.o.Root) {
				if !slices.Contains(whole[path], content) {
					t.Errorf("step %d: %s holds %q", step, path, content)
				}
			}
			taken := tree(t, w.o.Root)["taken.json"]
			w.open()
			w.apply(last...)
			want := map[string]string{"theirs.txt": "theirs"}
			if taken == "theirs" { // not ours yet, so it stays unless it is taken over now
				want["taken.json"] = "theirs"
			}
			for _, c := range w.files(last...) {
				data, err := w.Open(c.File.Digest)
				if err != nil {
					t.Fatal(err)
				}
				inside, _ := within(c.Path, w.o.Root)
				want[inside] = string(data)
			}
			t.Run(fmt.Sprintf("step %d, then %d", step, len(last)), func(t *testing.T) { w.T = t; w.holds(want) })
		}
	}
}

// crash applies claims and lets everything fail from a step on. It is false if there are not so many steps.
func (w *world) crash(at int, lines []string) bool {
	claims := w.files(lines...)
	n := 0
	w.Mirror.o.Hook = func(string) error {
		if n++; n > at {
			return errors.New("the end")
		}
		return nil
	}
	w.Apply(Wanted{Claims: claims})
	w.Mirror.o.Hook = nil
	return n > at
}

// R38: what is announced is an index that can be read, and lists what is ours beside what is pending.
func TestR38PendingIndex(t *testing.T) {
	w := newWorld(t, Options{Label: "x"})
	for _, lines := range [][]string{{"1 a.json A"}, {"1 a.json B", "1 sub/c.json C"}, {"1 a.json B2"}} {
		before := len(w.have)
		if !w.crash(len(lines)+1, lines) { // all is written but the last index
			t.Fatal("there was no step to end at")
		}
		x := w.indexed()
		if len(x.Files) != before || len(x.Pending) == 0 || x.Label != "x" {
			t.Errorf("%+v", x)
		}
		w.open()
		w.apply(lines...)
		if x := w.indexed(); len(x.Pending) != 0 || len(x.Files) != len(lines) || !x.Complete {
			t.Errorf("%+v", x)
		}
	}
}
