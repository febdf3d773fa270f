package cli

import (
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
)

func TestJudge(t *testing.T) {
	const revision = "sha256:0123456789abcdef"
	pinned := func(until bool) *delivery.Pin { return &delivery.Pin{Revision: "sha256:fedcba", UntilNewer: until} }
	at := func(state delivery.State) delivery.Source { return delivery.Source{State: state, Revision: revision} }
	with := func(s delivery.Source, p *delivery.Pin) delivery.Source { s.Pin = p; return s }
	for name, c := range map[string]struct {
		source delivery.Source
		wanted string
		want   verdict
	}{
		"ready":                               {at(delivery.Ready), "", served},
		"the revision":                        {at(delivery.Ready), revision, served},
		"the revision without its algorithm":  {at(delivery.Ready), "0123456789abcdef", served},
		"the start of the revision":           {at(delivery.Ready), "012345", served},
		"too little of the revision":          {at(delivery.Ready), "01234", pending},
		"another revision":                    {at(delivery.Ready), "v2", pending},
		"another revision is not refused yet": {at(delivery.Degraded), "v2", pending},
		"no revision":                         {delivery.Source{State: delivery.Syncing}, "", pending},
		"not read since the server started":   {at(delivery.Syncing), revision, pending},
		"could not be applied":                {at(delivery.Failing), revision, pending},
		"invalid":                             {at(delivery.Degraded), revision, refused},
		"invalid, whatever it is":             {at(delivery.Degraded), "", refused},
		"held":                                {at(delivery.Held), revision, refused},
		"suspended":                           {at(delivery.Suspended), "v2", refused},
		"orphaned":                            {at(delivery.Orphaned), "", refused},
		"pinned elsewhere":                    {with(at(delivery.Pinned), pinned(false)), "v2", refused},
		"pinned there":                        {with(at(delivery.Pinned), pinned(false)), "fedcba", served},
		"pinned until this comes":             {with(at(delivery.Pinned), pinned(true)), "v2", pending},
		"pinned, and this came in vain":       {with(at(delivery.Pinned), pinned(true)), revision, refused},
	} {
		if got := judge(c.source, c.wanted); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestStanding(t *testing.T) {
	for want, states := range map[int][]delivery.State{
		exitDone:    {delivery.Ready, delivery.Pinned, delivery.Suspended},
		exitPartly:  {delivery.Ready, delivery.Held},
		exitInvalid: {delivery.Held, delivery.Degraded},
		exitFailed:  {delivery.Failing, delivery.Degraded},
	} {
		var sources []delivery.Source
		for _, state := range states {
			sources = append(sources, delivery.Source{State: state})
		}
		if got := codeOf(standing(sources)); got != want {
			t.Errorf("%v: exit code %d, want %d", states, got, want)
		}
	}
}
