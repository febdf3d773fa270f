package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact"
)

// target is where an artifact that is built goes.
type target struct {
	archive string // a tar archive to write at the end; "" for none
	temp    string // a layout to remove at the end; "" for none
	layout  *artifact.Layout
}

// openTarget makes the layout to build in: the one that is named, or one for the time being.
func openTarget(path string) (*artifact.Layout, *target, error) {
	t := &target{}
	dir := path
	if isArchive := strings.HasSuffix(path, ".tar"); isArchive || path == "" {
		if isArchive {
			t.archive = path
		}
		var err error
		// Not in the directory for temporary files, which may be memory, if there is another place.
		if t.temp, err = os.MkdirTemp(tempFor(path), ".perseid-staged-"); err != nil {
			return nil, nil, fmt.Errorf("build: %w", err)
		}
		dir = filepath.Join(t.temp, "layout")
	}
	var err error
	if t.layout, err = artifact.CreateLayout(dir); err != nil {
		t.discard()
		return nil, nil, err
	}
	return t.layout, t, nil
}

func tempFor(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Dir(path)
}

// commit names the artifact, and writes the archive if one is asked for.
func (t *target) commit(ctx context.Context, layout *artifact.Layout, image *artifact.Image, tags []string) error {
	if err := layout.Tag(ctx, image.Descriptor, tags...); err != nil {
		return err
	}
	if t.archive == "" {
		return nil
	}
	return layout.SaveArchive(ctx, t.archive)
}

// discard removes what was there for the time being only.
func (t *target) discard() {
	if t.layout != nil {
		_ = t.layout.Close() // nothing was written through it that was not synced
	}
	if t.temp != "" {
		_ = os.RemoveAll(t.temp) // what is left is temporary by its name
	}
}

// progress shows on a terminal how far something is.
type progress struct {
	env   Env
	verb  string
	on    bool
	shown time.Time
}

const progressPause = 100 * time.Millisecond

func (e Env) progress(verb string) *progress {
	return &progress{env: e, verb: verb, on: e.onTerminal(e.Stderr)}
}

func (p *progress) show(done, total int) {
	if now := time.Now(); p.on && now.Sub(p.shown) >= progressPause {
		p.shown = now
		fmt.Fprintf(p.env.Stderr, "\r\x1b[K%s %d of %d", p.verb, done, total)
	}
}

func (p *progress) clear() {
	if !p.shown.IsZero() {
		fmt.Fprint(p.env.Stderr, "\r\x1b[K")
	}
}
