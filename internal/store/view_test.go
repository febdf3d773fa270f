package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/resource"
)

// A view after any edits holds what a plain map would, in order, and the views before stay as they were.
func TestViewAgreesWithAMap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	v, model := &view{}, map[resource.ID]*Entry{}
	for round := range 300 {
		changes := edit{}
		for range r.IntN(6) {
			id := resource.ID{Kind: "Dashboard", Project: fmt.Sprint("p", r.IntN(4)), Name: fmt.Sprint("d", r.IntN(12))}
			changes[id] = &Entry{ID: id, Plugin: fmt.Sprint(round)}
			if r.IntN(3) == 0 {
				changes[id] = nil
			}
		}
		before := contentsOf(v)
		next := v.apply(changes)
		if diff := cmp.Diff(before, contentsOf(v)); diff != "" {
			t.Fatalf("the old view changed:\n%s", diff)
		}
		v = next
		for id, e := range changes {
			if e == nil {
				delete(model, id)
			} else {
				model[id] = e
			}
		}
		var want []string
		for _, e := range model {
			want = append(want, fmt.Sprintf("%s %s", e.ID, e.Plugin))
			if v.get(e.ID) != e {
				t.Fatalf("%s is not found", e.ID)
			}
		}
		slices.Sort(want)
		got := contentsOf(v)
		if !slices.IsSorted(got) || !slices.Equal(got, want) {
			t.Fatalf("round %d: %v, want %v", round, got, want)
		}
	}
}

func contentsOf(v *view) (all []string) {
	v.each(func(e *Entry) { all = append(all, fmt.Sprintf("%s %s", e.ID, e.Plugin)) })
	return all
}
