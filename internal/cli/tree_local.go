package cli

import (
	"cmp"
	"context"
	"path/filepath"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
)

// valid is the outcome of a document that nothing is wrong with and no server was asked about.
const valid delivery.Outcome = "valid"

// localTree is what a server would make of paths, were each of them a source.
func localTree(ctx context.Context, e Env, paths []string) ([]treeSource, error) {
	g, err := readGiven(ctx, e, desired.Examiner{}, paths)
	if err != nil {
		return nil, err
	}
	if err := g.unread.Err(); err != nil {
		return nil, err
	}
	set := g.set()
	tree := make([]treeSource, len(g.sources))
	for i, s := range g.sources {
		tree[i] = treeSource{Name: s.Name, Files: []treeFile{}}
		for _, row := range set.Rows {
			if row.Source == s.Name {
				tree[i].add(filepath.Clean(s.Name), documentOf(row))
			}
		}
	}
	return tree, nil
}

func documentOf(row desired.Row) delivery.Document {
	return delivery.Document{
		Source: row.Source, Origin: row.Origin, Index: row.Index, Kind: row.ID.Kind, Project: row.ID.Project, Name: row.ID.Name,
		Outcome: cmp.Or(row.Outcome, valid), Problems: row.Problems, Winner: row.Winner,
	}
}
