package reconcile

import (
	"context"
	"log/slog"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// report logs one line for each source in which a reconcile changed something, and one for each that turned worse.
func (r *Reconciler) report(a attempted, took time.Duration) {
	for _, f := range r.followers {
		result, ok := a.results[f.name]
		if !ok {
			continue
		}
		if result.Err != nil {
			r.log.Error("apply", "source", f.name, "error", result.Err)
			continue
		}
		if attrs := changed(result.Counts); len(attrs) > 0 {
			r.log.Info("reconciled", append([]any{"source", f.name, "revision", f.saved.Revision, "took", took.Round(time.Millisecond)}, attrs...)...)
		}
	}
}

func changed(counts map[Action]int) []any {
	var attrs []any
	for _, a := range []struct {
		name   string
		action Action
	}{{"created", Create}, {"updated", Update}, {"deleted", Delete}, {"released", Release}, {"retained", Retain}} {
		if n := counts[a.action]; n > 0 {
			attrs = append(attrs, slog.Int(a.name, n))
		}
	}
	return attrs
}

// reportState logs a source's change of state.
func (r *Reconciler) reportState(s delivery.Source) {
	level := slog.LevelWarn
	if s.State == delivery.Ready || s.State == delivery.Syncing {
		level = slog.LevelInfo
	}
	attrs := []any{"source", s.Name}
	if s.Reason != "" {
		attrs = append(attrs, "reason", s.Reason)
	}
	r.log.Log(context.Background(), level, "source is "+string(s.State), attrs...)
}

// revision is the revision of a source's last listing.
func (r *Reconciler) revision(name string) string {
	if f := r.byName[name]; f != nil && f.snapshot != nil {
		return f.snapshot.Revision
	}
	return ""
}
