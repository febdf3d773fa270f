package reconcile

import (
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// I1: forgetting a source with --prune deletes nothing that another source declares, valid or not.
func TestForgetLeavesWhatIsDeclared(t *testing.T) {
	s := newScene("b").serves(x, "gone", "1").serves("Dashboard p/y", "gone", "1").serves("Dashboard p/z", "b", "1")
	s.set.Declared[id(x)] = true // by b, invalid there
	r := &Reconciler{now: func() time.Time { return noon }}
	for prune, want := range map[bool]map[string]Action{
		true:  {x: Release, "Dashboard p/y": Delete},
		false: {x: Release, "Dashboard p/y": Release},
	} {
		changes := r.planForget(attempted{have: s.have, set: s.set}, command{Command: delivery.Command{Source: "gone", Prune: prune}})
		if len(changes.Changes) != len(want) {
			t.Errorf("prune %t: %d changes, want %d", prune, len(changes.Changes), len(want))
		}
		for _, c := range changes.Changes {
			if c.Action != want["Dashboard p/"+c.ID.Name] {
				t.Errorf("prune %t: %s: action %d", prune, c.ID, c.Action)
			}
		}
	}
}
