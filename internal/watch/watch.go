// Package watch says that something changed in a directory tree: a hint, with no word on what.
//
// Three ideas. Whoever gets a hint looks at everything, so one slot is enough and nothing is lost when hints come faster than
// they are taken. The tree is every real directory below the root; symbolic links are followed on the way to the root only,
// and the directories that hold those links, or the nearest parent of what is missing, are watched too. Where the system
// refuses a watch the watcher is degraded: it says so once, and hints by the clock until watches can be had.
//
// It is not a list of events, and it reads no file.
package watch

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	defaultPoll = 5 * time.Second
	// settleDirectories is how long a change of directories waits for others before the tree is gone through again.
	settleDirectories = 100 * time.Millisecond
	// maxPasses bounds how often a tree that grows while it is gone through is gone through again at once.
	maxPasses = 4
	// maxDirectories bounds the watches of one tree.
	maxDirectories = 100_000
)

// Options says what to watch. Root is required; it need not exist.
type Options struct {
	Root string
	// Skip says by its name which directory below the root is left alone; nil leaves none.
	Skip func(name string) bool
	// Poll is how often a degraded watcher hints; 5 s if zero.
	Poll time.Duration
	// Log gets one line when the watcher becomes degraded and one when it recovers; nil for nowhere.
	Log *slog.Logger
}

// Watcher watches one tree until it is closed. Its methods are safe for concurrent use.
type Watcher struct {
	o     Options
	hints chan struct{}
	stop  context.CancelFunc
	done  chan struct{}

	// The rest belongs to the goroutine of run.
	fs       *fsnotify.Watcher // nil while the system refuses one
	survey   *survey           // what is watched
	degraded bool
}

// Tree starts to watch. When it returns, every directory there is is watched, so whoever looks at the tree then misses nothing.
func Tree(o Options) *Watcher {
	w := newWatcher(o)
	w.adjust()
	w.start()
	return w
}

func newWatcher(o Options) *Watcher {
	if o.Poll <= 0 {
		o.Poll = defaultPoll
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if abs, err := filepath.Abs(o.Root); err == nil {
		o.Root = abs
	}
	return &Watcher{o: o, hints: make(chan struct{}, 1), done: make(chan struct{}), survey: newSurvey(o)}
}

func (w *Watcher) start() {
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	go w.run(ctx)
}

// Hints delivers a value when something may have changed since the last was taken. It is never closed.
func (w *Watcher) Hints() <-chan struct{} { return w.hints }

// Close ends the watching and returns when nothing of it is left.
func (w *Watcher) Close() {
	w.stop()
	<-w.done
}

func (w *Watcher) run(ctx context.Context) {
	defer close(w.done)
	defer w.letGo()
	poll := time.NewTicker(w.o.Poll)
	defer poll.Stop()
	again := time.NewTimer(settleDirectories)
	again.Stop()
	waiting := false
	adjustSoon := func() {
		if !waiting {
			again.Reset(settleDirectories)
			waiting = true
		}
	}
	for {
		events, errs := w.channels()
		select {
		case <-ctx.Done():
			return
		case event := <-events:
			hint, directories := w.judge(event)
			if directories {
				adjustSoon()
			}
			if hint {
				w.hint()
			}
		case <-errs: // too many events, or events that could not be read: anything may have happened
			adjustSoon()
			w.hint()
		case <-again.C:
			waiting = false
			changed, stable := w.adjust()
			if changed {
				w.hint()
			}
			if !stable {
				adjustSoon()
			}
		case <-poll.C:
			if w.degraded {
				w.adjust()
				w.hint()
			}
		}
	}
}

func (w *Watcher) channels() (<-chan fsnotify.Event, <-chan error) {
	if w.fs == nil {
		return nil, nil
	}
	return w.fs.Events, w.fs.Errors
}

// judge says whether an event deserves a hint, and whether directories to be watched came or went.
func (w *Watcher) judge(e fsnotify.Event) (hint, directories bool) {
	if e.Op == 0 || e.Op == fsnotify.Chmod {
		return false, false
	}
	if w.survey.way[e.Name] {
		return true, true
	}
	if w.survey.tree[e.Name] {
		return true, e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename)
	}
	if !w.survey.tree[filepath.Dir(e.Name)] || w.survey.skips(filepath.Base(e.Name)) {
		return false, false
	}
	return true, e.Has(fsnotify.Create) && isDirectory(e.Name)
}

func isDirectory(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

func (w *Watcher) hint() {
	select {
	case w.hints <- struct{}{}:
	default:
	}
}

// letGo ends the watches; only an error of closing what is given up anyway can be met here.
func (w *Watcher) letGo() {
	if w.fs != nil {
		_ = w.fs.Close()
	}
}
