// Package oci is the source that follows an artifact in a registry: a tag, a range of versions, or a digest.
//
// Three ideas. A poll costs one question: only when the tag names another digest is anything read. That digest is resolved once, and
// then verified and pulled, so that a tag that moves in between changes nothing. And what cannot be read, or is not signed as it must be,
// is unread as a whole, with the reason: what is served stays.
//
// An artifact is one version: all of its files or none. Its index (perseid.index, DELIVERY R38, R39) is believed as that of a directory;
// an image without one is vouched for by its digest. A trigger, which may be a registry's webhook, polls at once.
//
// It does not know what a resource is. A snapshot holds bytes by digest, the tag as version and the digest as revision.
package oci

import (
	"context"
	"log/slog"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/source"
)

// How often a registry is asked, and how long an answer with everything it entails may take.
const (
	defaultInterval = time.Minute
	firstRetry      = 5 * time.Second // after a poll that failed; doubled up to the interval
	pollTimeout     = 5 * time.Minute
)

// Options says what to follow. Name, Reference and Bodies are required.
type Options struct {
	Name string
	// Reference names the repository, and a tag or a digest.
	Reference registry.Reference
	// Range, where not nil, takes the place of the tag: the highest version in it is followed.
	Range *registry.Range
	// Path is the directory of the artifact to read, slash-separated; empty for all of it.
	Path     string
	Interval time.Duration // between polls; a minute if zero
	Registry registry.Options
	Trust    Trust
	// RequireIndex makes an artifact without an index unread (DELIVERY R39).
	RequireIndex bool
	Bodies       source.Bodies
	Memory       source.Memory // where what was pulled is remembered over a restart; nil for nowhere
	Log          *slog.Logger
}

// Trust says whose signatures count. The files are read at every poll. Without keys nothing is verified.
type Trust struct {
	Keys []string // files with public keys in PEM
	// Optional lets an artifact through that none of the keys signed, with a note.
	Optional bool
}

// Source implements source.Source. The origin of its files is reference@digest:path.
type Source struct {
	*source.Wake // full pulls although nothing changed
	o            Options
}

var _ source.Source = (*Source)(nil)

// New prepares the source; nothing is asked before Run.
func New(o Options) *Source {
	if o.Interval <= 0 {
		o.Interval = defaultInterval
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Source{Wake: source.NewWake(), o: o}
}

// Name is the source's name.
func (s *Source) Name() string { return s.o.Name }

// Run implements source.Source: a snapshot for each poll.
func (s *Source) Run(ctx context.Context, deliver func(*source.Snapshot)) error {
	repo, err := registry.Open(s.o.Reference, s.o.Registry)
	if err != nil {
		return s.without(ctx, err, deliver)
	}
	defer repo.Close()
	p := &poller{o: s.o, repo: repo}
	p.recall()
	failures := 0
	for {
		snapshot := p.poll(ctx, s.Full())
		if ctx.Err() != nil {
			return nil
		}
		deliver(snapshot)
		wait := s.o.Interval
		if failures++; len(snapshot.Unread) == 0 {
			failures = 0
		} else {
			wait = min(wait, firstRetry<<min(failures-1, 16))
		}
		if !s.sleep(ctx, wait) {
			return nil
		}
	}
}

// without is what a source does that can never be read as it is configured: it says so, and waits to be told otherwise.
func (s *Source) without(ctx context.Context, err error, deliver func(*source.Snapshot)) error {
	for {
		deliver(unread(s.o.Name, err.Error()))
		if !s.sleep(ctx, s.o.Interval) {
			return nil
		}
	}
}

// sleep waits for the next poll; false if there is none.
func (s *Source) sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-s.Called():
	}
	return true
}

// unread is a snapshot that says nothing but why.
func unread(name, why string) *source.Snapshot {
	return &source.Snapshot{Source: name, At: time.Now(), Unread: []source.Unread{{Reason: why}}}
}

// named is a manifest and what it was found by.
type named struct {
	artifact.Descriptor
	tag string // "" for a digest
}
