package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/source"
)

// Bounds of what is remembered of a source.
const (
	releasesKept  = 10  // R22
	revisionsSeen = 500 // R23: what an --until-newer pin does not follow
)

// release is one state of a source that vouches for itself, with all its files: their contents are kept as long as it is.
type release struct {
	delivery.Release
	Files []source.File `json:"files"`
}

// pin keeps a source at a release (R23).
type pin struct {
	delivery.Pin
	Files []source.File `json:"files"`
	// Seen are the revisions known when the pin was set: only another one can be newer.
	Seen []string `json:"seen"`
	// Left is the version that was served: one that is lower is not newer, where versions have an order.
	Left string `json:"left,omitempty"`
}

// see notes that a revision was offered.
func (s *followerState) see(revision string) bool {
	if revision == "" || slices.Contains(s.Seen, revision) {
		return false
	}
	s.Seen = append(s.Seen, revision)
	s.Seen = s.Seen[max(0, len(s.Seen)-revisionsSeen):]
	return true
}

// serving is the pin that holds the source now: a configured one, or one somebody set; nil for none. missing says that a configured pin
// names no release that is kept.
func (f *follower) serving() (p *pin, missing bool) {
	if f.Pin == "" {
		return f.saved.Pin, false
	}
	if rel := f.findRelease(f.Pin); rel != nil {
		return &pin{Pin: delivery.Pin{Revision: rel.Revision, Configured: true}, Files: rel.Files}, false
	}
	if f.snapshot != nil && f.snapshot.Complete && named(f.Pin, f.snapshot.Revision, f.snapshot.Version) {
		return nil, false // it is the one, just not served yet
	}
	return f.saved.Pin, true
}

// named says whether a person means a release by a word: its version, or its revision or the start of it.
func named(word, revision, version string) bool {
	bare := strings.TrimPrefix(revision, "sha256:")
	return word == version || word == revision || (len(word) >= 6 && (strings.HasPrefix(revision, word) || strings.HasPrefix(bare, word)))
}

func (f *follower) findRelease(word string) *release {
	for i := range f.saved.Releases {
		if rel := &f.saved.Releases[len(f.saved.Releases)-1-i]; named(word, rel.Revision, rel.Version) {
			return rel
		}
	}
	return nil
}

// before is the release that was served before the present one.
func (f *follower) before() *release {
	present := f.saved.Served
	for i := len(f.saved.Releases) - 1; i >= 0; i-- {
		switch {
		case f.saved.Releases[i].Revision != present:
		case i == 0:
			return nil
		default:
			return &f.saved.Releases[i-1]
		}
	}
	if n := len(f.saved.Releases); n > 0 {
		return &f.saved.Releases[n-1] // what is served never became a release
	}
	return nil
}

// vouched says whether the source vouches for what it held when it was last read as a whole, be it before a restart (R7).
func (f *follower) vouched() bool {
	if f.snapshot == nil || f.snapshot.Unreadable("") {
		return f.saved.Complete
	}
	return f.snapshot.Complete
}

// onInvalid decides what the configuration leaves open (R18, R19).
func (f *follower) onInvalid() desired.OnInvalid {
	switch {
	case f.OnInvalid != desired.Auto:
		return f.OnInvalid
	case f.vouched():
		return desired.Hold
	}
	return desired.Skip
}

// newer says whether the source offers what an --until-newer pin gives way to, if it proves valid.
func (f *follower) newer(compare func(version, than string) (higher, ok bool)) bool {
	p := f.saved.Pin
	s := f.snapshot
	if f.Pin != "" || p == nil || !p.UntilNewer || s == nil || len(s.Unread) > 0 || slices.Contains(p.Seen, s.Revision) {
		return false
	}
	if compare == nil {
		return true
	}
	higher, ok := compare(s.Version, p.Left)
	return higher || !ok
}

// left is the version that a rollback leaves: what is served, or was before a rollback that stands.
func (f *follower) left() string {
	if p := f.saved.Pin; p != nil {
		return p.Left
	}
	if rel := f.findRelease(f.saved.Served); rel != nil {
		return rel.Version
	}
	return ""
}

// rollback pins a source to a release: the one that is named, or the one before the present one.
func (r *Reconciler) rollback(f *follower, c delivery.Command) error {
	rel, err := f.target(c.Revision)
	if err != nil {
		return err
	}
	before := f.saved.Pin
	f.saved.Pin = &pin{
		Pin:   delivery.Pin{Revision: rel.Revision, UntilNewer: c.UntilNewer, Since: r.now()},
		Files: rel.Files, Seen: slices.Clone(f.saved.Seen), Left: f.left(),
	}
	if err := f.memory.SaveJSON(f.saved); err != nil {
		f.saved.Pin = before
		return fmt.Errorf("keep the pin of %s: %w", f.name, err)
	}
	r.log.Info("rolled back", "source", f.name, "revision", rel.Revision, "until newer", c.UntilNewer)
	r.reconcile(true)
	return f.err
}

func (f *follower) target(word string) (*release, error) {
	rel := f.before()
	if word != "" {
		rel = f.findRelease(word)
	}
	switch {
	case rel != nil:
		return rel, f.admits(rel)
	case len(f.saved.Releases) == 0:
		return nil, problem.New(problem.Invalid, fmt.Sprintf("source %s has no releases: only artifacts, and directories with an index, do; roll back single resources instead", f.name))
	case word == "":
		return nil, problem.New(problem.Invalid, fmt.Sprintf("source %s has no release before the present one", f.name))
	}
	return nil, problem.New(problem.NotFound, fmt.Sprintf("source %s has no release %q: its history lists those that are kept", f.name, word))
}

// admits checks the signature policy of now.
func (f *follower) admits(rel *release) error {
	if f.Admits == nil {
		return nil
	}
	if err := f.Admits(rel.Key); err != nil {
		return &problem.Failure{Class: problem.Invalid, Detail: fmt.Sprintf("source %s is not returned to %s: %s", f.name, cmp.Or(rel.Version, rel.Revision), err), Err: err}
	}
	return nil
}

// record remembers a release once all of it is served; it says whether there is one more.
func (f *follower) record(a attempted, now time.Time, took time.Duration) bool {
	s := f.snapshot
	if p, _ := f.serving(); p != nil {
		f.saved.Served = p.Revision
		return false
	}
	if s == nil || !s.Complete || len(s.Unread) > 0 || f.err != nil || a.set.Invalid[f.name] > 0 || a.set.Frozen[f.name] {
		return false
	}
	f.saved.Served = s.Revision
	n := len(f.saved.Releases)
	if n > 0 && f.saved.Releases[n-1].Revision == s.Revision {
		return f.saved.Releases[n-1].vouchedBy(s.Provenance.Key)
	}
	f.saved.Releases = append(f.saved.Releases, release{
		Release: delivery.Release{
			Revision: s.Revision, Version: s.Version, At: now, Seconds: took.Seconds(),
			Author: s.Provenance.Author, Commit: s.Provenance.Commit, Key: s.Provenance.Key,
			Documents: documentsOf(a.set, f.name), Changes: outcomes(a.results[f.name].Counts),
		},
		Files: f.files,
	})
	f.saved.Releases = bounded(f.saved.Releases, releasesBytes)
	f.dirty = true
	return true
}

// vouchedBy notes who signed the release, which may change as keys do; it says whether that is news.
func (rel *release) vouchedBy(key string) bool {
	news := rel.Key != key
	rel.Key = key
	return news
}

func documentsOf(set *desired.Set, name string) int {
	n := 0
	for _, row := range set.Rows {
		if row.Source == name {
			n++
		}
	}
	return n
}

func outcomes(counts map[Action]int) map[delivery.Outcome]int {
	return map[delivery.Outcome]int{delivery.Applied: counts[Create] + counts[Update], delivery.Pruned: counts[Delete]}
}

// releases is what history knows of a source, newest first.
func (f *follower) releases() []delivery.Release {
	var out []delivery.Release
	p, _ := f.serving()
	for _, rel := range slices.Backward(f.saved.Releases) {
		line := rel.Release
		line.Serving = rel.Revision == f.saved.Served
		line.Pinned = p != nil && p.Revision == rel.Revision
		out = append(out, line)
	}
	return out
}
