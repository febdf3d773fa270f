package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/perseid-dev/perseid/test/input"
)

// load measures the first load into an empty database: from the start of the process until every dashboard is listed.
func (b *bench) load(ctx context.Context) error {
	for _, way := range []struct{ from, to string }{{"json", "json"}, {"yaml", "json"}, {"yaml", "yaml"}} {
		resources, err := b.input(way.from, b.size.small)
		if err != nil {
			return err
		}
		var took, bare []float64
		for range b.size.runs {
			ms, err := b.loadOnce(ctx, resources, way.to)
			if err != nil {
				return err
			}
			took = append(took, ms)
			if ms, err = b.bare(ctx, resources, way.to); err != nil {
				return err
			}
			bare = append(bare, ms)
		}
		b.add(fmt.Sprintf("first load of %d, %s to %s", b.size.small, way.from, way.to), "ms", took, bare...)
	}
	return nil
}

func (b *bench) loadOnce(ctx context.Context, resources, extension string) (float64, error) {
	database, err := os.MkdirTemp(b.work, "database-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(database)
	s, err := b.start(ctx, resources, database, extension, b.size.small)
	if err != nil {
		return 0, err
	}
	return milliseconds(s.ready), s.stop()
}

// input makes the resources, once for each format and size.
func (b *bench) input(format string, dashboards int) (dir string, err error) {
	dir = filepath.Join(b.work, fmt.Sprintf("%s-%d", format, dashboards))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	_, err = input.Write(dir, format, dashboards)
	return dir, err
}
