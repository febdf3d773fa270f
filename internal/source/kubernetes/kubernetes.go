// Package kubernetes is the source that follows labelled ConfigMaps and Secrets (DELIVERY R3-R5, R13, R16).
//
// Three ideas. Every (kind, namespace) is a stream of its own, with its own failure: one that fails, or has not been read yet, is an unread
// scope, never an absence, and what it held is kept. Bytes are handed to Bodies as they stream by and are dropped; what stays here is a
// path, a digest and where it came from. A value that cannot be taken (a compressed one that expands beyond all bounds) is unread too, by
// itself, so that its author is told.
//
// A file's path is namespace/configmap|secret/name/key, its origin namespace/configmap|secret/name:key. It does not know what a key means:
// folders, file names and URLs are the mirror's, resources are desired's.
package kubernetes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/pace"
	"github.com/perseid-dev/perseid/internal/source"
)

// Bounds of what one source takes.
const (
	MaxExpanded   = 16 << 20 // bytes of a value once it is expanded, as of a file in a directory
	MaxFiles      = 200_000  // of a source; beyond it everything is unread
	MaxAnnotation = 1 << 10  // bytes of an annotation's value that are kept
)

// Defaults of Options.
const (
	DefaultInterval = time.Hour
	DefaultPoll     = time.Minute // where there are names
)

// Annotations of ours on a ConfigMap or Secret; source.Object has a field for each.
const (
	AnnotationProject  = "perseid.dev/project"
	AnnotationPriority = "perseid.dev/priority"
	AnnotationPrune    = "perseid.dev/prune"
	AnnotationSuspend  = "perseid.dev/suspend"
)

// Options says what to follow. Name, Client and Bodies are required.
type Options struct {
	Name       string
	Client     *kube.Client
	Namespaces []string        // each is a stream of its own; none, or "" among them, is one stream of all namespaces
	Selector   string          // label selector, as written; empty: every object
	Resources  []kube.Resource // in listing order; none is ConfigMaps
	// Names are fetched one by one, whatever their labels, instead of selecting; the streams they belong to are polled.
	// A stream to which no name belongs goes on selecting, by polling too.
	Names []ObjectName
	Poll  time.Duration // list at this interval instead of watching; zero watches
	// DirectoryAnnotation is the annotation whose value becomes source.Object.Directory; empty: none.
	DirectoryAnnotation string
	// Accept says which data keys become files, by the name they would have; nil: all.
	Accept func(key string) bool
	// Expand replaces values of binaryData, and of Secrets, whose key ends in .gz or .zst by what they hold; the suffix goes from the path.
	Expand bool
	Pace   pace.Delays // how long events wait for others; zero: not at all
	// ServerTimeout, ReadTimeout and RetryDelay are those of kube.StreamOptions.
	ServerTimeout, ReadTimeout, RetryDelay time.Duration
	Bodies                                 source.Bodies
	Interval                               time.Duration // between snapshots though nothing changed; DefaultInterval if zero
	Log                                    *slog.Logger
}

// ObjectName names one object. An empty Resource or Namespace is any of those the options have.
type ObjectName struct {
	Resource  kube.Resource
	Namespace string
	Name      string
}

// StreamStatus says how the stream of one kind in one namespace fares.
type StreamStatus struct {
	Resource  kube.Resource
	Namespace string // empty: all namespaces
	kube.Status
}

// Source implements source.Source.
type Source struct {
	*source.Wake // full has everything listed anew first
	o            Options
	shelves      []*shelf
}

var _ source.Source = (*Source)(nil)

// New prepares the source; nothing is sent before Run.
func New(o Options) *Source {
	o = o.withDefaults()
	return &Source{Wake: source.NewWake(), o: o, shelves: shelves(o)}
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if len(o.Namespaces) == 0 || slices.Contains(o.Namespaces, "") {
		o.Namespaces = []string{""}
	}
	if len(o.Resources) == 0 {
		o.Resources = []kube.Resource{kube.ConfigMaps}
	}
	o.Namespaces, o.Resources = unique(o.Namespaces), unique(o.Resources)
	if len(o.Names) > 0 {
		o.Poll = cmp.Or(o.Poll, DefaultPoll)
	}
	o.Interval = cmp.Or(o.Interval, DefaultInterval)
	return o
}

// unique drops what was there before.
func unique[T comparable](all []T) (kept []T) {
	for _, v := range all {
		if !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// List reads everything once, by listing. The error joins those of the streams that could not be read; the snapshot has the rest.
func List(ctx context.Context, o Options) (*source.Snapshot, error) {
	o = o.withDefaults()
	r := newRun(o, shelves(o), nil)
	var errs []error
	for _, s := range r.shelves {
		if err := s.stream.List(ctx, func(e kube.Event) { r.heard(s, e) }); err != nil {
			errs = append(errs, fmt.Errorf("list %s: %w", s.words(), err))
		}
	}
	snapshot, _ := r.snapshot()
	return snapshot, errors.Join(errs...)
}

// Name is the source's name.
func (s *Source) Name() string { return s.o.Name }

// Run implements source.Source; it runs once. The first snapshot is delivered once every stream was read or has failed; others when
// something differs, at the interval, and after a Trigger.
func (s *Source) Run(ctx context.Context, deliver func(*source.Snapshot)) error {
	r := newRun(s.o, s.shelves, deliver)
	stop := r.follow(ctx)
	defer stop()
	r.loop(ctx, s.Wake)
	return nil
}

// Streams says how each stream fares, in listing order. It may be called at any time.
func (s *Source) Streams() []StreamStatus {
	all := make([]StreamStatus, len(s.shelves))
	for i, sh := range s.shelves {
		all[i] = StreamStatus{Resource: sh.query.Resource, Namespace: sh.query.Namespace, Status: sh.stream.Status()}
	}
	return all
}
