package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// fetchers bounds how much is asked of a server at a time.
const fetchers = 8

// fetchAll gets resources from the API of Perses, in the order of ids; nil for those that are not there.
func (c *client) fetchAll(ctx context.Context, ids []resource.ID) ([]*resource.Resource, error) {
	projects, err := c.projects(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := make([]*resource.Resource, len(ids))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(fetchers, len(ids)) {
		wg.Go(func() {
			for i := range next {
				r, err := c.fetch(ctx, ids[i])
				if err != nil {
					cancel(err)
				}
				out[i] = r
			}
		})
	}
	for i, id := range ids {
		// Whoever asks for something in a project that is not there is told that the request is wrong.
		if id.Project == "" || projects[strings.ToLower(id.Project)] {
			next <- i
		}
	}
	close(next)
	wg.Wait()
	return out, context.Cause(ctx)
}

func (c *client) projects(ctx context.Context) (map[string]bool, error) {
	var listed []struct {
		Metadata struct {
			Name string `json:"name"`
		} `json:"metadata"`
	}
	if err := c.get(ctx, "api/v1/projects", nil, &listed); err != nil {
		return nil, err
	}
	projects := map[string]bool{}
	for _, p := range listed {
		projects[strings.ToLower(p.Metadata.Name)] = true
	}
	return projects, nil
}

// fetch gets one resource; nil if it is not there.
func (c *client) fetch(ctx context.Context, id resource.ID) (*resource.Resource, error) {
	kind, err := resource.KindByName(id.Kind)
	if err != nil {
		return nil, err
	}
	path := "api/v1/" + kind.Plural + "/" + id.Name
	if kind.Project {
		path = "api/v1/projects/" + id.Project + "/" + kind.Plural + "/" + id.Name
	}
	var body json.RawMessage
	switch err := c.get(ctx, path, nil, &body); {
	case problem.ClassOf(err) == problem.NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	}
	r, err := resource.DecodeStored(body, resource.JSON, kind)
	if err != nil {
		return nil, fmt.Errorf("read %s as the server answers it: %w", id, err)
	}
	return r, nil
}

// place is one document of what was given.
type place struct {
	path  string
	index int
}

// decoded are the documents that can be decoded, by place.
func (g *given) decoded() map[place]*resource.Resource {
	out := map[place]*resource.Resource{}
	for _, file := range g.files {
		documents, _ := resource.Decode(g.bodies[file.Digest], desired.KeyOf(file).Format) // what is wrong is known since it was examined
		for _, d := range documents {
			out[place{file.Path, d.Index}] = d.Resource
		}
	}
	return out
}
