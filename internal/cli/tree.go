package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/delivery"
)

type treeOptions struct {
	connection
	out output
}

func newTreeCommand(e Env) *cobra.Command {
	var o treeOptions
	cmd := &cobra.Command{
		Use:   "tree [PATH...]",
		Short: "Show sources, their files, and the documents in each, as a tree",
		Long: `Shows what became of every document of a server's sources, file by file. With
PATH no server is asked: each path is taken for a source, as serve would, the
last one before the others, and a document is valid, invalid or shadowed.`,
		Example: `  perseid tree
  perseid tree ./base ./overlay
  perseid tree -o json | jq '.[].files[].path'`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			if len(paths) > 0 && o.server != "" {
				return usage(errors.New("paths are shown without a server: leave --server out, or the paths"))
			}
			return runTree(cmd.Context(), e, o, paths)
		},
	}
	o.connection.addFlags(cmd)
	o.out.addFlags(cmd)
	return cmd
}

// treeSource is a source, its files in order and the documents of each. State is empty for what no server follows.
type treeSource struct {
	Name  string         `json:"name"`
	State delivery.State `json:"state,omitempty"`
	Files []treeFile     `json:"files"`
}

type treeFile struct {
	Path      string              `json:"path"` // the origin, without the directory that the source reads
	Documents []delivery.Document `json:"documents"`
}

func runTree(ctx context.Context, e Env, o treeOptions, paths []string) error {
	tree, err := o.tree(ctx, e, paths)
	if err != nil {
		return err
	}
	return o.out.print(e.Stdout, tree, func(w io.Writer) {
		for _, s := range tree {
			s.write(w, e.paintFor(e.Stdout))
		}
	})
}

func (o treeOptions) tree(ctx context.Context, e Env, paths []string) ([]treeSource, error) {
	if len(paths) > 0 {
		return localTree(ctx, e, paths)
	}
	client, err := o.open(e)
	if err != nil {
		return nil, err
	}
	return client.tree(ctx)
}

// tree is what a server says.
func (c *client) tree(ctx context.Context) ([]treeSource, error) {
	sources, err := c.sources(ctx)
	if err != nil {
		return nil, err
	}
	var documents []delivery.Document
	if err := c.get(ctx, deliveryAPI+"documents", nil, &documents); err != nil {
		return nil, err
	}
	tree := make([]treeSource, len(sources))
	for i, s := range sources {
		tree[i] = treeSource{Name: s.Name, State: s.State, Files: []treeFile{}}
		for _, d := range documents {
			if d.Source == s.Name {
				tree[i].add(s.Location, d)
			}
		}
	}
	return tree, nil
}

// add puts a document under its file; documents come sorted by origin.
func (t *treeSource) add(root string, d delivery.Document) {
	path := strings.TrimPrefix(d.Origin, strings.TrimSuffix(root, "/")+"/")
	if n := len(t.Files); n == 0 || t.Files[n-1].Path != path {
		t.Files = append(t.Files, treeFile{Path: path})
	}
	file := &t.Files[len(t.Files)-1]
	file.Documents = append(file.Documents, d)
}

func (t treeSource) write(w io.Writer, colour paint) {
	name := printable(t.Name)
	if t.State != "" {
		name += "  " + colour.in(stateColour(t.State), string(t.State))
	}
	fmt.Fprintln(w, name)
	for i, file := range t.Files {
		branch, indent := "├── ", "│   "
		if i == len(t.Files)-1 {
			branch, indent = "└── ", "    "
		}
		fmt.Fprintln(w, branch+printable(file.Path))
		for j, d := range file.Documents {
			branch := "├── "
			if j == len(file.Documents)-1 {
				branch = "└── "
			}
			fmt.Fprintln(w, indent+branch+documentLine(colour, d))
		}
	}
}
