package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/perseid-dev/perseid/internal/store"
	"github.com/perseid-dev/perseid/internal/watch"
)

// foreignPause is how long after a hint the database folder is looked through, so that a burst of writes is one look.
const foreignPause = 500 * time.Millisecond

// watchDatabase notices what other processes write into the database folder (R29), until ctx ends. Our own writes give hints too; looking
// finds nothing new then.
func watchDatabase(ctx context.Context, folder string, db *store.Store, log *slog.Logger) {
	w := watch.Tree(watch.Options{Root: folder, Skip: func(name string) bool { return name == stateFolder }, Log: log})
	defer w.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.Hints():
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(foreignPause):
		}
		if err := db.Look(); err != nil {
			log.Warn("look through the database", "error", err)
		}
	}
}
