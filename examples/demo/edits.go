package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const (
	heartbeat = "heartbeat"
	// patience is how long an edit may take before the next one is made all the same.
	patience = 30 * time.Second
	between  = 4 * time.Second
	lookEach = 10 * time.Millisecond
)

// edits changes one document on disk again and again, as a pipeline would, and measures until the API answers with it.
func (t *traffic) edits(ctx context.Context) {
	for n := 1; wait(ctx, between); n++ {
		text := fmt.Sprintf("Edit %d of the demo, at %s.", n, time.Now().Format(time.TimeOnly))
		start := time.Now()
		if err := replace(filepath.Join(t.documents, heartbeat+".json"), dashboard(heartbeat, text)); err != nil {
			continue // The directory may be edited by its user, and gone.
		}
		for time.Since(start) < patience && wait(ctx, lookEach) {
			if _, answer := t.ask(ctx, "look", http.MethodGet, "/api/v1/projects/"+project+"/dashboards/"+heartbeat, ""); bytes.Contains(answer, []byte(text)) {
				t.served.Observe(time.Since(start).Seconds())
				break
			}
		}
	}
}

// replace writes beside the file, under a name that is not read, and renames: a reader sees the old document or the new one.
func replace(path, text string) error {
	next := path + ".next"
	if err := os.WriteFile(next, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(next, path)
}
