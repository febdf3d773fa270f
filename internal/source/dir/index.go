package dir

import (
	"context"
	"errors"
	"fmt"
	"os"
	gopath "path"
	"slices"

	"github.com/perseid-dev/perseid/internal/source"
)

var errIndexLimit = fmt.Errorf("larger than the limit of %d MiB", source.MaxIndexBytes>>20)

// readIndex reads the index of the root, if the walk met one.
func (l *listing) readIndex(ctx context.Context, r *reader) {
	if l.fault = l.walk.indexFault; l.walk.index == "" {
		return
	}
	data, _, err := r.still(ctx, l.walk.index, source.MaxIndexBytes, errIndexLimit)
	var x source.Index
	if err == nil {
		x, err = source.DecodeIndex(data)
	}
	switch {
	case errors.Is(err, os.ErrNotExist): // removed since its directory was read
	case err != nil:
		l.fault = fmt.Sprintf("%s: %s", source.IndexName, reason(err))
	default:
		l.index = &x
	}
}

// vouch holds what was listed against the index (DELIVERY R39). before says that the directory had one at any time.
func (l *listing) vouch(o Options, before bool) {
	switch {
	case l.lost:
	case l.fault != "":
		l.refuse(l.fault)
	case l.index != nil:
		l.pick()
	case o.RequireIndex:
		l.refuse("there is no " + source.IndexName + ", which require_index asks for; write one with perseid index")
	case before && len(l.files)+len(l.unread) == 0:
		l.refuse("the directory is empty and has no " + source.IndexName + ", though it had files before")
	case before:
		l.notes = append(l.notes, source.Unread{
			Prefix: source.IndexName,
			Reason: "the directory had one and is unindexed now, so it is read as any directory; write one with perseid index",
		})
	}
}

// refuse makes the listing one that says nothing but why.
func (l *listing) refuse(why string) {
	l.lose(why)
	l.index, l.refused = nil, true
}

// pick keeps what the index lists. What else is there, read or not, becomes a note.
func (l *listing) pick() {
	x := *l.index
	x.Files = slices.DeleteFunc(slices.Clone(x.Files), func(f source.IndexFile) bool { return !isListed(f.Path) })
	kept, extra, mismatch := x.Select(l.files)
	if mismatch != "" {
		l.refuse(l.explain(x, mismatch))
		return
	}
	l.notes, l.files, l.unread = l.unread, kept, nil
	for _, p := range extra {
		l.notes = append(l.notes, source.Unread{Prefix: p, Reason: "not listed in " + source.IndexName + ", so not applied"})
	}
}

// explain prefers the reason why a listed file could not be read to the fact that it is not there.
func (l *listing) explain(x source.Index, mismatch string) string {
	unread := map[string]string{}
	for _, u := range l.unread {
		unread[u.Prefix] = u.Reason
	}
	for _, f := range x.Files {
		for p := f.Path; p != "."; p = gopath.Dir(p) {
			if why, ok := unread[p]; ok {
				return fmt.Sprintf("%s lists %s, which cannot be read: %s", source.IndexName, f.Path, why)
			}
		}
	}
	return mismatch
}

// complete says whether the index vouches that nothing is missing. An index of nothing is believed of a mirror only, which may have
// nothing to hold (R13).
func (l *listing) complete() bool {
	return l.index != nil && l.index.Complete && (len(l.index.Files) > 0 || l.index.Label != "")
}

// settled says whether what is missing may be believed missing: by the word of the index, or else by how long the tree was quiet.
// An index that says it is not complete never lets anything be believed missing (R15, R16).
func (l *listing) settled(quiet bool) bool {
	if l.index != nil {
		return l.index.Complete
	}
	return quiet
}
