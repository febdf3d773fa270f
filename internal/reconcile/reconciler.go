package reconcile

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// Waits of the loop.
const (
	firstListing = 5 * time.Second  // how long the first reconcile waits for slow sources
	readyAfter   = 60 * time.Second // R27
	watchSink    = time.Second      // how often changes by others are looked for
	saveAfter    = 5 * time.Second  // how long our own state may be behind
	sweepEvery   = time.Hour        // contents that nothing needs are forgotten
	firstRetry   = time.Second      // after a failure, doubled up to lastRetry
	lastRetry    = time.Minute
)

// settled is how many reconciles in a row must have written nothing before one more, of the same listings, is a waste: the first
// may still have changed what we remember of a source.
const settled = 2

// replans bounds how often one reconcile plans anew because what is served changed under it.
const replans = 5

// Objects is where contents are kept: source.Bodies that can also forget.
type Objects interface {
	source.Bodies
	// Retain drops every content that keep does not want.
	Retain(keep func(source.Digest) bool) error
	// Size is how many bytes a content has, 0 if it is not kept.
	Size(source.Digest) int64
}

// SourceConfig is one configured source.
type SourceConfig struct {
	Source     source.Source
	Kind       string // directory, kubernetes
	Location   string // for people
	Priority   int
	OnInvalid  desired.OnInvalid
	PruneOff   bool
	Settle     time.Duration
	PruneDelay time.Duration
	Pin        string // a release to stay at, declared in the configuration (R23)
	Home       string // Perseid's own namespace, in a cluster
	// Admits says whether a release that the key of an ID signed may be returned to (R23); nil where anything may.
	Admits func(key string) error
	// MayEmpty: an empty listing is no sign of an accident, as it is of a directory that is not mounted (R13).
	MayEmpty bool
}

// Options is what a Reconciler stands on. All but Higher, Log and Now are required.
type Options struct {
	Sources        []SourceConfig // in configuration order
	Sink           Sink
	Objects        Objects
	Inventory      *inventory.Inventory
	Examiner       desired.Examiner
	ReadMark       func([]byte) (*inventory.Mark, error) // reads a mark as the sink keeps it
	Circumstances  string                                // what cached findings depend on: case mode, key, canonical form
	Adopt          desired.Adopt
	CreateProjects bool
	Tenancy        []desired.Rule
	// Higher compares versions that have an order, which others (ok is false) have not; nil if none has (R23).
	Higher   func(version, than string) (higher, ok bool)
	Reformed bool // the database changed its form since the last time: prune nothing at first (R32)
	Filled   bool // the database held documents when it was opened: ready at once (R27)
	Log      *slog.Logger
	Now      func() time.Time
}

// Reconciler is the loop. Status, Changed, Owner, Do, History and what reads texts are safe for concurrent use; everything else happens in Run's goroutine.
type Reconciler struct {
	o         Options
	sink      Sink
	objects   Objects
	log       *slog.Logger
	now       func() time.Time
	contents  *contents
	history   *history
	decisions *decisions
	followers []*follower
	byName    map[string]*follower

	wake     chan struct{}
	commands chan command
	stopped  chan struct{} // closed when the loop is over
	status   atomic.Pointer[board]
	started  time.Time
	// What the last reconcile saw and left: when nothing of it changed there is nothing to do.
	generation uint64
	steady     int // reconciles in a row that wrote nothing
	pending    map[resource.ID]Pending
	rows       map[rowKey]time.Time // since when each row has its outcome
	recent     []delivery.Document  // released, retained and pruned ones, newest first
	dirtySince time.Time
	retry      time.Time // of what failed; zero for nothing
	mend       time.Time // when the next damaged document is written anew; zero for never
	backoff    time.Duration
	comparing  sync.Mutex // held while releases are compared
	reformed   bool       // nothing was reconciled yet since the database changed its form
	observe    func(time.Duration)
}

// follower is what the loop knows of one source.
type follower struct {
	SourceConfig
	name   string
	memory inventory.Memory

	mu   sync.Mutex
	next *source.Snapshot // handed over, not yet reconciled

	snapshot  *source.Snapshot // the last one reconciled; nil before the first
	files     []source.File    // with unread scopes filled in
	planned   []source.File    // those of the last plan: its release's where it is pinned
	saved     followerState
	dirty     bool // saved differs from what is on disk in more than LastSuccess
	confirmed string
	hold      *delivery.Hold
	err       error // of the last apply
	state     delivery.State
	since     time.Time
}

// followerState is what survives a restart of one source (R7).
type followerState struct {
	Files []source.File `json:"files"`
	// Complete: the source vouched for Files.
	Complete bool `json:"complete,omitempty"`
	// Gave is what files that are illegible now declared before, by path (R18).
	Gave        map[string][]resource.ID `json:"gave,omitempty"`
	Revision    string                   `json:"revision"`
	LastSuccess time.Time                `json:"lastSuccess"`
	// Served is the revision of the release that is served.
	Served    string         `json:"served,omitempty"`
	Releases  []release      `json:"releases,omitempty"` // oldest first
	Runs      []delivery.Run `json:"runs,omitempty"`     // likewise
	Pin       *pin           `json:"pin,omitempty"`
	Seen      []string       `json:"seen,omitempty"` // revisions, oldest first
	Suspended time.Time      `json:"suspended,omitzero"`
}

// New reads what earlier runs left. Nothing is started.
func New(o Options) (*Reconciler, error) {
	r := &Reconciler{
		o: o, sink: o.Sink, objects: o.Objects, log: o.Log, now: o.Now,
		byName: map[string]*follower{}, wake: make(chan struct{}, 1), commands: make(chan command), stopped: make(chan struct{}),
		rows: map[rowKey]time.Time{}, observe: func(time.Duration) {},
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.now == nil {
		r.now = time.Now
	}
	r.started, r.reformed = r.now(), o.Reformed
	have, err := o.Sink.Have()
	if err != nil {
		return nil, err
	}
	if r.history, err = openHistory(o.Inventory.Log("history"), have, r.started); err != nil {
		return nil, err
	}
	if r.decisions, err = openDecisions(o.Inventory.Memory("decisions")); err != nil {
		return nil, err
	}
	if r.pending, err = loadPending(o.Inventory.Memory("pending")); err != nil {
		return nil, err
	}
	if r.contents, err = newContents(o.Examiner, o.Objects, o.Inventory.Memory("contents"), o.Circumstances); err != nil {
		return nil, err
	}
	for _, sc := range o.Sources {
		f, err := newFollower(sc, o.Inventory, r.started)
		if err != nil {
			return nil, err
		}
		r.followers = append(r.followers, f)
		r.byName[f.name] = f
	}
	r.publish(nil, nil)
	return r, nil
}

func newFollower(sc SourceConfig, inv *inventory.Inventory, now time.Time) (*follower, error) {
	f := &follower{SourceConfig: sc, name: sc.Source.Name(), state: delivery.Syncing, since: now}
	f.memory = inv.Memory("source " + f.name)
	if err := f.memory.LoadJSON(&f.saved); err != nil {
		return nil, fmt.Errorf("source %s: %w", f.name, err)
	}
	f.files, f.planned = f.saved.Files, f.saved.Files
	return f, nil
}

// Observe has each reconcile's duration handed to fn. Call it before Run.
func (r *Reconciler) Observe(fn func(time.Duration)) { r.observe = fn }

// Run follows the sources until ctx ends, then saves what it knows. It returns the first error that makes going on pointless.
func (r *Reconciler) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for _, f := range r.followers {
		wg.Go(func() {
			if err := f.Source.Run(ctx, func(s *source.Snapshot) { f.deliver(s); r.poke() }); err != nil && ctx.Err() == nil {
				cancel(fmt.Errorf("source %s: %w", f.name, err))
			}
		})
	}
	r.gather(ctx)
	r.takeAll()
	r.reconcile(true)
	r.loop(ctx)
	close(r.stopped)
	wg.Wait()
	r.save()
	if err := context.Cause(ctx); err != context.Canceled {
		return err
	}
	return nil
}

func (f *follower) deliver(s *source.Snapshot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next = s
}

// take moves the newest snapshot into the follower's view of its source; it says whether there was one, and whether it is news.
func (f *follower) take() news {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next == nil {
		return none
	}
	before, now := f.snapshot, f.next
	f.snapshot, f.next = now, nil
	if before != nil && before.Settled == now.Settled && before.Same(now) {
		return same
	}
	f.files = fillUnread(f.snapshot, f.files)
	return differ
}

func (f *follower) delivered() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.next != nil || f.snapshot != nil
}

// fillUnread puts what a source held before in the place of what it could not read now (R3).
func fillUnread(s *source.Snapshot, before []source.File) []source.File {
	if len(s.Unread) == 0 {
		return s.Files
	}
	have := map[string]bool{}
	files := append([]source.File(nil), s.Files...)
	for _, file := range files {
		have[file.Path] = true
	}
	for _, file := range before {
		if !have[file.Path] && s.Unreadable(file.Path) {
			files = append(files, file)
		}
	}
	sortFiles(files)
	return files
}

// poke asks for a reconcile.
func (r *Reconciler) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// gather waits until every source has been listed once, so that the first plan sees them all, but not for long.
func (r *Reconciler) gather(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, firstListing)
	defer cancel()
	for !r.allDelivered() {
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		}
	}
}

func (r *Reconciler) allDelivered() bool {
	for _, f := range r.followers {
		if !f.delivered() {
			return false
		}
	}
	return true
}
