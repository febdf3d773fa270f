package reconcile

import (
	"log/slog"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
)

// damage makes the stored document of x unreadable, long enough ago to be mended.
func (s *scene) damage() *scene {
	h := s.have[id(x)]
	h.Damaged = noon.Add(-mendAfter)
	s.have[id(x)] = h
	return s
}

// lastGood lets x be kept as it last was.
func (s *scene) lastGood() *scene {
	s.set.Winners[id(x)].LastGood = true
	return s
}

func (s *scene) unlocked() *scene {
	s.guard.Unlocked = map[resource.ID]time.Time{id(x): noon.Add(time.Hour)}
	return s
}

// R29, I2: what cannot be read is written anew where it is the source's own, and deleted nowhere.
func TestPlanOfUnreadable(t *testing.T) {
	declared := func() *scene { return newScene("a").declares(x, "a", "1").serves(x, "a", "1").damage() }
	tests := map[string]struct {
		scene *scene
		want  Action
	}{
		"as declared":                 {declared(), Update},
		"last good":                   {declared().lastGood(), Update},
		"last good, and others' work": {drift(declared().lastGood()), Unchanged},
		"unlocked":                    {declared().unlocked(), Unchanged},
		"no longer declared":          {newScene("a").serves(x, "a", "1").damage().overdue(), Release},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.scene.action(x); got != tt.want {
				t.Errorf("action = %d, want %d", got, tt.want)
			}
		})
	}
}

// R29: that the content of others cannot be read is no reason to stop all that its new owner does.
func TestUnreadableOfOthersIsNotRecorded(t *testing.T) {
	s := newScene("a").declares(x, "a", "2").serves(x, "", "1").damage()
	h := s.have[id(x)]
	r := &Reconciler{now: func() time.Time { return noon }, log: slog.New(slog.DiscardHandler)} // and no sink to read from
	record, err := r.record(Change{ID: id(x), Source: "a", Action: Update, Candidate: s.set.Winners[id(x)], Have: &h})
	if record != nil || err != nil {
		t.Errorf("record %+v, error %v; want neither", record, err)
	}
}
