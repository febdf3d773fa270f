package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// large measures one database of many dashboards: the load, how much memory it takes, and later starts.
func (b *bench) large(ctx context.Context) error {
	resources, err := b.input("yaml", b.size.large)
	if err != nil {
		return err
	}
	database := filepath.Join(b.work, "large")
	s, err := b.start(ctx, resources, database, "json", b.size.large)
	if err != nil {
		return err
	}
	loaded := milliseconds(s.ready)
	if err := b.memoryOf(s, "after the first load"); err != nil {
		return err
	}
	time.Sleep(b.size.rest)
	if err := b.memoryOf(s, fmt.Sprintf("%s later", b.size.rest)); err != nil {
		return err
	}
	for _, measure := range []measured{b.scansOf(b.size.large), b.changesAmong(b.size.large, b.size.changes/4)} {
		if err := measure(ctx, s, resources, database); err != nil {
			return errors.Join(err, s.stop())
		}
	}
	if err := s.stop(); err != nil {
		return err
	}
	bare, err := b.bare(ctx, resources, "json")
	if err != nil {
		return err
	}
	b.add(fmt.Sprintf("first load of %d, yaml to json", b.size.large), "ms", []float64{loaded}, bare)
	if err := b.diskOf(database); err != nil {
		return err
	}
	return b.restarts(ctx, resources, database, "json")
}

// yaml measures starts on a database in YAML, which is slower to read where it has to be; and the load of the same input as JSON.
func (b *bench) yaml(ctx context.Context) error {
	resources, err := b.input("json", b.size.large)
	if err != nil {
		return err
	}
	if err := b.loadLarge(ctx, resources); err != nil {
		return err
	}
	database := filepath.Join(b.work, "large-yaml")
	s, err := b.start(ctx, resources, database, "yaml", b.size.large)
	if err != nil {
		return err
	}
	b.add(fmt.Sprintf("first load of %d, json to yaml", b.size.large), "ms", []float64{milliseconds(s.ready)})
	if err := s.stop(); err != nil {
		return err
	}
	return b.restarts(ctx, resources, database, "yaml")
}

// loadLarge measures a first load of JSON as JSON.
func (b *bench) loadLarge(ctx context.Context, resources string) error {
	s, err := b.start(ctx, resources, filepath.Join(b.work, "large-json"), "json", b.size.large)
	if err != nil {
		return err
	}
	if err := s.stop(); err != nil {
		return err
	}
	bare, err := b.bare(ctx, resources, "json")
	if err != nil {
		return err
	}
	b.add(fmt.Sprintf("first load of %d, json to json", b.size.large), "ms", []float64{milliseconds(s.ready)}, bare)
	return nil
}

// sizes measures the memory of a server of nothing, and of one that holds some.
func (b *bench) sizes(ctx context.Context) error {
	for _, dashboards := range []int{0, b.size.small} {
		resources, err := b.input("yaml", dashboards)
		if err != nil {
			return err
		}
		s, err := b.start(ctx, resources, filepath.Join(b.work, fmt.Sprintf("memory-%d", dashboards)), "json", dashboards)
		if err != nil {
			return err
		}
		time.Sleep(b.size.rest)
		if err := errors.Join(b.memoryAt(s, dashboards, "at rest"), s.stop()); err != nil {
			return err
		}
	}
	return nil
}

// restarts measures starts on the filled database, and the memory after the last one has answered everything once.
func (b *bench) restarts(ctx context.Context, resources, database, extension string) error {
	var took []float64
	for range b.size.runs {
		s, err := b.start(ctx, resources, database, extension, b.size.large)
		if err != nil {
			return err
		}
		took = append(took, milliseconds(s.ready))
		if len(took) == b.size.runs {
			if _, err := s.get("/api/v1/dashboards"); err != nil {
				return err
			}
			if err := b.memoryOf(s, "after a start and one full list"); err != nil {
				return err
			}
		}
		if err := s.stop(); err != nil {
			return err
		}
	}
	b.add(fmt.Sprintf("start on a database of %d in %s", b.size.large, extension), "ms", took)
	return nil
}

func (b *bench) memoryOf(s *server, when string) error { return b.memoryAt(s, b.size.large, when) }

func (b *bench) memoryAt(s *server, dashboards int, when string) error {
	for _, kept := range []struct{ line, name string }{{"VmRSS", "resident"}, {"VmHWM", "peak"}} {
		mib, err := s.memory(kept.line)
		if err != nil {
			return err
		}
		b.add(fmt.Sprintf("%s memory at %d, %s", kept.name, dashboards, when), "MiB", []float64{mib})
	}
	return nil
}

// diskOf measures the database without, and then with, our own state beside it.
func (b *bench) diskOf(database string) error {
	all, err := fingerprints(database)
	if err != nil {
		return err
	}
	var documents, state float64
	for path, f := range all {
		rel, err := filepath.Rel(database, path)
		if err != nil {
			return err
		}
		if strings.HasPrefix(rel, ".perseid"+string(filepath.Separator)) {
			state += float64(f.size)
		} else {
			documents += float64(f.size)
		}
	}
	const mib = 1 << 20
	b.add(fmt.Sprintf("documents of %d on disk", b.size.large), "MiB", []float64{documents / mib})
	b.add("our own state beside them", "MiB", []float64{state / mib})
	return nil
}
