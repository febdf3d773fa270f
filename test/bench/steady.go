package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/perseid-dev/perseid/test/input"
)

// steady measures a server that has loaded everything: scans that find nothing, single edits, reads.
func (b *bench) steady(ctx context.Context) error {
	return b.loaded(ctx, "steady", b.scansOf(b.size.small), b.reads, b.rates, b.changesAmong(b.size.small, b.size.changes))
}

// reload measures one that is made to load everything anew all the time.
func (b *bench) reload(ctx context.Context) error { return b.loaded(ctx, "storm", b.storm) }

// measured is one measurement of a running server, of its resources and its database.
type measured func(ctx context.Context, s *server, resources, database string) error

func (b *bench) loaded(ctx context.Context, name string, measures ...measured) error {
	resources, err := b.input("yaml", b.size.small)
	if err != nil {
		return err
	}
	database := filepath.Join(b.work, name)
	s, err := b.start(ctx, resources, database, "json", b.size.small)
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	for _, measure := range measures {
		if err := measure(ctx, s, resources, database); err != nil {
			return err
		}
	}
	return nil
}

// scansOf measures what a reconcile of so many costs that finds nothing new: CPU time, and files written in the database.
func (b *bench) scansOf(many int) measured {
	return func(ctx context.Context, s *server, _, database string) error { return b.scans(ctx, s, many, database) }
}

func (b *bench) scans(ctx context.Context, s *server, many int, database string) error {
	time.Sleep(followUp)
	if err := s.reconcile(ctx); err != nil {
		return err
	}
	var spent, files []float64
	for range b.size.runs {
		before, err := fingerprints(database)
		if err != nil {
			return err
		}
		cpu, err := b.cpuOf(ctx, s, b.size.scans)
		if err != nil {
			return err
		}
		after, err := fingerprints(database)
		if err != nil {
			return err
		}
		spent, files = append(spent, cpu), append(files, float64(written(before, after)))
	}
	b.add(fmt.Sprintf("CPU of a scan of %d without changes", many), "ms", spent)
	b.add(fmt.Sprintf("files written by %d such scans", b.size.scans), "files", files)
	return nil
}

// cpuOf is the CPU time of one reconcile, out of several in a row.
func (b *bench) cpuOf(ctx context.Context, s *server, times int) (float64, error) {
	before, err := s.cpu()
	if err != nil {
		return 0, err
	}
	for range times {
		if err := s.reconcile(ctx); err != nil {
			return 0, err
		}
	}
	after, err := s.cpu()
	return milliseconds(after-before) / float64(times), err
}

// reconcile asks for a scan and waits until it was made.
func (s *server) reconcile(ctx context.Context) error {
	last, err := s.lastAttempt()
	if err != nil {
		return err
	}
	if _, err := s.do(http.MethodPost, "/api/delivery/v1/sources/"+s.source+"/reconcile", "identity"); err != nil {
		return err
	}
	return poll(ctx, readyWithin, func() (bool, error) {
		now, err := s.lastAttempt()
		return now.After(last), err
	})
}

func (s *server) lastAttempt() (time.Time, error) {
	body, err := s.get("/api/delivery/v1/sources/" + s.source)
	if err != nil {
		return time.Time{}, err
	}
	var state struct{ LastAttempt time.Time }
	err = json.Unmarshal(body, &state)
	return state.LastAttempt, err
}

// followUp is how long a load's own follow-up work, saving what was found, may take to start.
const followUp = 8 * time.Second

// calm is longer than the second after which an edit counts as the first of its kind (DELIVERY R5).
const calm = 1100 * time.Millisecond

// changesAmong measures from an edit, written as editors write, until the API answers with it, several times.
func (b *bench) changesAmong(many, times int) measured {
	return func(ctx context.Context, s *server, resources, _ string) error {
		return b.changes(ctx, s, resources, many, times)
	}
}

func (b *bench) changes(ctx context.Context, s *server, resources string, many, times int) error {
	var took []float64
	for n := range times {
		time.Sleep(calm)
		ms, err := s.change(ctx, resources, n)
		if err != nil {
			return err
		}
		took = append(took, ms)
	}
	b.add(fmt.Sprintf("edit of a file among %d until the API answers with it", many), "ms", took)
	return nil
}

func (s *server) change(ctx context.Context, resources string, n int) (float64, error) {
	path := input.Path(resources, "yaml", n)
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	marker := fmt.Sprintf("edit %d", time.Now().UnixNano())
	text = bytes.Replace(text, []byte("description: How "), []byte("description: "+marker+" How "), 1)
	if err := os.WriteFile(path+".new", text, 0o644); err != nil {
		return 0, err
	}
	begun := time.Now()
	if err := os.Rename(path+".new", path); err != nil {
		return 0, err
	}
	err = poll(ctx, readyWithin, func() (bool, error) {
		body, err := s.get("/api/v1/projects/" + input.Project + "/dashboards/" + input.Name(n))
		return bytes.Contains(body, []byte(marker)), err
	})
	return milliseconds(time.Since(begun)), err
}
