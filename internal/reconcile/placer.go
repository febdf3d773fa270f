package reconcile

import (
	"slices"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// placer gives the problems of documents that came up among others their line and column: Build opens no bodies. It is asked file by file,
// and parses each once, however many of its documents have problems.
type placer struct {
	objects source.Bodies
	key     desired.Key
	places  *resource.Places // of key; nil for none yet
}

func (p *placer) place(row *desired.Row) problem.List {
	if !slices.ContainsFunc(row.Problems, func(p problem.Problem) bool { return p.Line == 0 && p.Path != "" }) {
		return row.Problems
	}
	if key := desired.KeyOf(row.File); p.places == nil || p.key != key {
		data, err := p.objects.Open(row.File.Digest)
		if err != nil {
			return row.Problems
		}
		p.key, p.places = key, resource.NewPlaces(data, key.Format)
	}
	problems := slices.Clone(row.Problems)
	p.places.Complete(row.Index, problems)
	return problems
}
