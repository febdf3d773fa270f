package mirror

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/source"
)

// Claim is a file that wants to be at a path.
type Claim struct {
	Path string // absolute and clean
	File source.File
}

// Shadowed is a claim that another one precedes.
type Shadowed struct {
	Path          string
	Origin, Other string // who does not have the path, and who has
}

// winners decides who has each path, and says who does not. The order of the claims does not matter.
func winners(claims []Claim) (map[string]source.File, []Shadowed) {
	won := make(map[string]source.File, len(claims))
	var shadowed []Shadowed
	for _, c := range claims {
		if other, taken := won[c.Path]; !taken || precedes(c.File, other) < 0 {
			won[c.Path] = c.File
		}
	}
	for _, c := range claims {
		if winner := won[c.Path]; winner.Origin != c.File.Origin {
			shadowed = append(shadowed, Shadowed{Path: c.Path, Origin: c.File.Origin, Other: winner.Origin})
		}
	}
	slices.SortFunc(shadowed, func(a, b Shadowed) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Origin, b.Origin))
	})
	return won, shadowed
}

// precedes orders claims: the older object first, then by namespace, name, kind and key (DELIVERY R8).
func precedes(a, b source.File) int {
	x, y := a.Object, b.Object
	return cmp.Or(cmp.Compare(x.Created, y.Created), strings.Compare(x.Namespace, y.Namespace), strings.Compare(x.Name, y.Name),
		strings.Compare(x.Kind, y.Kind), strings.Compare(a.Origin, b.Origin))
}

// plan is what an Apply is going to do, in order.
type plan struct {
	writes  []Claim
	removes []string
}

// plan compares what is ours with what should be.
func (m *Mirror) plan(won map[string]source.File, keep func(origin string) bool) plan {
	var p plan
	for _, path := range slices.Sorted(maps.Keys(won)) {
		file := won[path]
		switch h, ours := m.have[path]; {
		case !ours || h.digest != file.Digest:
			p.writes = append(p.writes, Claim{path, file})
		case h.origin != file.Origin:
			h.origin = file.Origin
			m.have[path] = h
		}
	}
	for _, path := range slices.Sorted(maps.Keys(m.have)) {
		if _, wanted := won[path]; !wanted && (keep == nil || !keep(m.have[path].origin)) {
			p.removes = append(p.removes, path)
		}
	}
	return p
}
