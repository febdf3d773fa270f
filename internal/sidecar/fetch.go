package sidecar

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/perseid-dev/perseid/internal/source"
)

// maxFetches is how many URLs are fetched at once.
const maxFetches = 4

// maxURL bounds a value that is a URL, in bytes.
const maxURL = 8 << 10

// fetches keeps what the URLs of values led to. The loop owns it; only the requests run elsewhere, and hand their results back.
type fetches struct {
	c       *Config
	log     *slog.Logger
	http    *requester
	results chan fetched
	slots   chan struct{}
	running sync.WaitGroup
	known   map[string]*link // by origin
	counts  map[string]int   // by result
}

// link is one value that is a URL.
type link struct {
	value   source.Digest // of the URL itself
	url     string
	content source.Digest // zero: none yet
	size    int64
	busy    bool
	tried   bool
	due     time.Time
}

// fetched is the result of one request.
type fetched struct {
	origin string
	value  source.Digest
	body   []byte
	err    error
}

func newFetches(c *Config, log *slog.Logger, http *requester) *fetches {
	return &fetches{c: c, log: log, http: http, results: make(chan fetched), slots: make(chan struct{}, maxFetches),
		known: map[string]*link{}, counts: map[string]int{}}
}

// content is the link of a file whose value is a URL, fetched again when its value changed or it is due. It is nil while the value itself is
// not at hand.
func (s *fetches) content(ctx context.Context, f source.File, bodies source.Bodies, now time.Time) *link {
	l := s.known[f.Origin]
	if l == nil || l.value != f.Digest {
		value, err := bodies.Open(f.Digest)
		if err != nil {
			return nil
		}
		next := &link{value: f.Digest, url: strings.TrimSpace(string(value[:min(len(value), maxURL)])), due: now}
		if l != nil {
			next.content, next.size = l.content, l.size
		}
		l = next
		s.known[f.Origin] = l
	}
	if !l.busy && !l.due.IsZero() && !now.Before(l.due) {
		l.busy, l.due = true, time.Time{}
		s.start(ctx, f, l.url)
	}
	return l
}

// start fetches in the background.
func (s *fetches) start(ctx context.Context, f source.File, to string) {
	s.running.Go(func() {
		r := fetched{origin: f.Origin, value: f.Digest}
		select {
		case s.slots <- struct{}{}:
			r.body, r.err = s.fetch(ctx, f, to)
			<-s.slots
		case <-ctx.Done():
			return
		}
		select {
		case s.results <- r:
		case <-ctx.Done():
		}
	})
}

// fetch asks for one URL. The log names it, unless it came from a Secret.
func (s *fetches) fetch(ctx context.Context, f source.File, to string) ([]byte, error) {
	shown := redact(to)
	if f.Secret || f.Object.Kind == "secret" {
		shown = "(from a Secret)"
	}
	u, err := url.Parse(to)
	if err != nil {
		return nil, fmt.Errorf("%s: its value is no URL", f.Origin)
	}
	if err := checkURL(u, s.c.allowedURLs); err != nil {
		return nil, fmt.Errorf("%s: URL %s: %w", f.Origin, shown, err)
	}
	a, err := s.http.do(ctx, "GET", to, nil)
	switch {
	case err != nil:
		return nil, fmt.Errorf("URL %s of %s: %w", shown, f.Origin, err)
	case a.code >= 400:
		return nil, fmt.Errorf("URL %s of %s: the response is %s %s", shown, f.Origin, a.status, excerpt(a.body))
	}
	return a.body, nil
}

// done takes a result in. Where fetching failed the old content stays; where there is none the file is empty, as upstream's is.
func (s *fetches) done(r fetched, held func() (source.Digest, bool), bodies source.Bodies, now time.Time) {
	l := s.known[r.origin]
	if l == nil || l.value != r.value {
		return
	}
	l.busy, l.tried = false, true
	if !s.c.ignoreProcessed {
		l.due = now.Add(s.c.refresh())
	}
	if r.err != nil {
		s.counts["failed"]++
		s.tell(r.err)
		s.fallBack(l, held, bodies)
		return
	}
	s.counts["ok"]++
	s.take(l, r.body, bodies)
}

// tell logs a failure in the words that others look for.
func (s *fetches) tell(err error) {
	var spent *retriesError
	if errors.As(err, &spent) {
		s.log.Error("Max retries exceeded for " + err.Error())
		return
	}
	s.log.Error("GET request failed for " + err.Error())
}

func (s *fetches) fallBack(l *link, held func() (source.Digest, bool), bodies source.Bodies) {
	if !l.content.IsZero() {
		return
	}
	if digest, there := held(); there {
		l.content = digest
		return
	}
	s.take(l, nil, bodies)
}

func (s *fetches) take(l *link, body []byte, bodies source.Bodies) {
	digest := source.DigestOf(body)
	if !bodies.Has(digest) {
		if err := errors.Join(bodies.Put(digest, body, false), bodies.Sync()); err != nil {
			s.log.Error(err.Error())
			return
		}
	}
	l.content, l.size = digest, int64(len(body))
}

// again makes a link due: its content was lost before it was placed.
func (s *fetches) again(origin string, now time.Time) bool {
	l := s.known[origin]
	if l == nil {
		return false
	}
	l.content = source.Digest{}
	if !l.busy {
		l.due = now
	}
	return true
}

// forget drops links that no file has any more.
func (s *fetches) forget(wanted map[string]bool) {
	for origin := range s.known {
		if !wanted[origin] {
			delete(s.known, origin)
		}
	}
}

// settled says whether every link was tried once, and none is being fetched.
func (s *fetches) settled() bool {
	for _, l := range s.known {
		if l.busy || !l.tried {
			return false
		}
	}
	return true
}

// next is when a link is due; zero for never.
func (s *fetches) next() (due time.Time) {
	for _, l := range s.known {
		if !l.due.IsZero() && !l.busy && (due.IsZero() || l.due.Before(due)) {
			due = l.due
		}
	}
	return due
}
