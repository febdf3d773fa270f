package sidecar

import (
	"context"
	"log/slog"
	"time"

	"github.com/perseid-dev/perseid/internal/mirror"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/source/kubernetes"
)

// loop brings the directory to what the snapshot says. Everything in it belongs to the goroutine of run, but view, hooks and the mirror.
type loop struct {
	c       *Config
	log     *slog.Logger
	mirror  *mirror.Mirror
	inbox   *inbox
	hooks   *hooks
	fetches *fetches
	view    *shared
	streams func() []kubernetes.StreamStatus
	relist  func()

	snapshot *source.Snapshot
	files    []source.File   // of the snapshot, and of what could not be read the last time
	said     map[string]bool // what is wrong and was told already
	early    map[string]bool // passes that changed something before the first sync was complete
	retry    time.Time       // when to try again what failed; zero for not
	missing  bool            // content is not at hand
	asked    time.Time       // when the source was asked for it
}

func newLoop(s *Sidecar) *loop {
	http := newRequester(&s.c.request, s.c.allowedURLs)
	hook := newRequester(&s.c.request, nil)
	return &loop{c: s.c, log: s.log, mirror: s.mirror, inbox: &s.inbox, hooks: newHooks(s.c, s.log, hook), fetches: newFetches(s.c, s.log, http),
		view: newShared(), streams: s.source.Streams, relist: func() { s.source.Trigger(true) }, said: map[string]bool{}, early: map[string]bool{}}
}

// run goes on until ctx ends; with listed, until the pass is made and everything of it is done.
func (l *loop) run(ctx context.Context, listed <-chan error) error {
	check := time.NewTicker(l.c.refresh())
	defer check.Stop()
	timer := time.NewTimer(0)
	timer.Stop()
	var passed bool
	var failed error
	for {
		select {
		case <-ctx.Done():
			return failed
		case failed = <-listed:
			passed = true
			l.look()
			l.sync(ctx, time.Now())
		case <-l.inbox.wake:
			if l.look() {
				l.sync(ctx, time.Now())
			}
		case r := <-l.fetches.results:
			l.fetched(r)
			l.sync(ctx, time.Now())
		case <-check.C:
			l.repair(ctx)
		case <-timer.C:
			l.sync(ctx, time.Now())
		}
		if passed && l.fetches.settled() {
			l.ready(ctx)
			return failed
		}
		if due := earliest(l.retry, l.fetches.next()); !due.IsZero() {
			timer.Reset(time.Until(due))
		}
	}
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// look takes a new snapshot in, and says whether there is one.
func (l *loop) look() bool {
	next := l.inbox.take()
	if next == nil {
		return false
	}
	files := carry(l.files, next)
	for _, e := range differences(l.files, files) {
		l.log.Info("Working on " + e.what + " " + e.object)
	}
	l.snapshot, l.files = next, files
	return true
}

func (l *loop) fetched(r fetched) {
	l.fetches.done(r, func() (source.Digest, bool) {
		for _, f := range l.files {
			if f.Origin != r.origin {
				continue
			}
			if t, err := l.c.target(f); err == nil {
				return l.mirror.Held(t.path)
			}
		}
		return source.Digest{}, false
	}, l.mirror, time.Now())
}

// repair puts right what somebody else changed.
func (l *loop) repair(ctx context.Context) {
	if l.c.ignoreProcessed || l.snapshot == nil {
		return
	}
	if n := l.mirror.Check(); n > 0 {
		l.log.Info("Files were changed or removed by somebody else; they are written again")
		l.sync(ctx, time.Now())
	}
}

// settled says whether all that the snapshot asks for was done, as far as it can be.
func (l *loop) settled() bool { return !l.missing && l.fetches.settled() }

// sync makes the directory what the files ask for.
func (l *loop) sync(ctx context.Context, now time.Time) {
	if l.snapshot == nil {
		return
	}
	l.retry, l.missing = time.Time{}, false
	wanted, wrong := l.wanted(ctx, now)
	r := l.mirror.Apply(wanted)
	changed := l.report(&r, wrong, now)
	if l.missing {
		l.ask(now)
	}
	l.view.update(func(v *view) {
		v.files, v.bytes = l.mirror.Len()
		v.shadowed, v.wrong, v.applied = len(r.Shadowed), len(l.said), now
		v.fetches = map[string]int{"ok": l.fetches.counts["ok"], "failed": l.fetches.counts["failed"]}
	})
	l.call(changed)
	if l.c.method != methodList && !l.view.get().ready && l.synced() && l.settled() {
		l.ready(ctx)
	}
}

// wanted turns files into claims, and says what can go nowhere.
func (l *loop) wanted(ctx context.Context, now time.Time) (w mirror.Wanted, wrong []string) {
	waiting, links := map[string]bool{}, map[string]bool{}
	for _, f := range l.files {
		t, err := l.c.target(f)
		if err != nil {
			wrong = append(wrong, f.Origin+": "+err.Error())
			continue
		}
		if t.url {
			links[f.Origin] = true
			link := l.fetches.content(ctx, f, l.mirror, now)
			l.missing = l.missing || link == nil
			if link == nil || link.content.IsZero() {
				waiting[f.Origin] = true
				continue
			}
			f.Digest, f.Size = link.content, link.size
		}
		w.Claims = append(w.Claims, mirror.Claim{Path: t.path, File: f})
	}
	l.fetches.forget(links)
	snapshot := l.snapshot
	w.Keep = func(origin string) bool { return waiting[origin] || unreadable(snapshot, origin) }
	w.Complete = len(snapshot.Unread) == 0 && len(waiting) == 0 && len(wrong) == 0
	w.Revision = snapshot.Revision
	return w, wrong
}

// ask has the source list everything again, because content is not at hand; not more often than errors are tried again.
func (l *loop) ask(now time.Time) {
	if now.Sub(l.asked) >= l.c.throttle {
		l.asked = now
		l.relist()
	}
	l.retry = now.Add(l.c.throttle)
}

// synced says whether every stream was read once. With METHOD=LIST there are none.
func (l *loop) synced() bool {
	for _, s := range l.streams() {
		if !s.Synced {
			return false
		}
	}
	return true
}

// ready ends the first sync: whatever it changed calls the hooks now, once for each pass.
func (l *loop) ready(ctx context.Context) {
	l.view.update(func(v *view) { v.ready = true })
	l.hooks.changed(len(l.early), l.c.request.skipInit && l.c.method != methodList)
	l.early = nil
	l.log.Info("Initial sync complete, sidecar is ready.")
	if l.c.method == methodList {
		l.hooks.drain(ctx)
	}
}

// call calls the hooks for the objects that changed files: once for each, or once for each pass where passes are what is made.
func (l *loop) call(changed map[string]bool) {
	passes := map[string]bool{}
	for object := range changed {
		passes[l.pass(object)] = true
	}
	switch {
	case !l.view.get().ready:
		for p := range passes {
			l.early[p] = true
		}
	case l.c.polls():
		l.hooks.changed(len(passes), false)
	default:
		l.hooks.changed(len(changed), false)
	}
}

// pass names what upstream reads in one go: a kind in a namespace, or in all.
func (l *loop) pass(object string) string {
	namespace, kind, _ := cutObject(object)
	for _, n := range l.c.namespaces {
		if n == "" {
			namespace = ""
		}
	}
	return kind + "/" + namespace
}
