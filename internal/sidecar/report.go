package sidecar

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/mirror"
	"github.com/perseid-dev/perseid/internal/source"
)

// report logs what was done and what is wrong, plans what to try again, and gives the objects that changed files.
func (l *loop) report(r *mirror.Report, wrong []string, now time.Time) map[string]bool {
	changed := map[string]bool{}
	for _, c := range r.Changes {
		switch {
		case c.Err == nil:
			l.changed(c)
			changed[objectOf(c.Origin)] = true
		case errors.Is(c.Err, mirror.ErrMissing):
			l.missing = !l.fetches.again(c.Origin, now) || l.missing
		case errors.Is(c.Err, mirror.ErrRefused):
			wrong = append(wrong, c.Origin+": "+c.Err.Error())
		default:
			wrong = append(wrong, c.Origin+": "+c.Err.Error()+"; it is tried again")
			l.retry = now.Add(l.c.throttle)
		}
	}
	for _, s := range r.Shadowed {
		wrong = append(wrong, s.Origin+": "+s.Path+" is taken by the older "+s.Other)
	}
	if r.IndexErr != nil {
		wrong = append(wrong, "The index could not be written: "+r.IndexErr.Error()+"; it is tried again")
		l.retry = now.Add(l.c.throttle)
	}
	l.tell(wrong)
	return changed
}

func (l *loop) changed(c mirror.Change) {
	verb := "Writing "
	if c.Removed {
		verb = "Removing "
	}
	l.log.Info(verb + c.Path)
	if c.TookOver {
		l.log.Warn(c.Path + " held other content that is not of this sidecar; it is " + c.Origin + " now")
	}
	l.view.update(func(v *view) {
		if c.Removed {
			v.removed++
		} else {
			v.written++
		}
	})
}

// tell logs what is wrong, once for as long as it lasts.
func (l *loop) tell(wrong []string) {
	now := map[string]bool{}
	for _, text := range wrong {
		now[text] = true
		if !l.said[text] {
			l.log.Warn(text)
		}
	}
	l.said = now
}

// event is what became of an object between two snapshots.
type event struct{ what, object string }

// differences compares two lists of files, sorted by path, object by object.
func differences(before, after []source.File) (events []event) {
	old, now := grouped(before), grouped(after)
	names := maps.Clone(old)
	maps.Copy(names, now)
	for _, object := range slices.Sorted(maps.Keys(names)) {
		what := "MODIFIED"
		switch {
		case old[object] == nil:
			what = "ADDED"
		case now[object] == nil:
			what = "DELETED"
		case slices.Equal(old[object], now[object]):
			continue
		}
		namespace, kind, name := cutObject(object)
		events = append(events, event{what, kind + " " + namespace + "/" + name})
	}
	return events
}

// grouped gives the files of each object, as parts of the list.
func grouped(files []source.File) map[string][]source.File {
	groups := map[string][]source.File{}
	start := 0
	for i := range files {
		object := objectOf(files[i].Origin)
		if i+1 == len(files) || objectOf(files[i+1].Origin) != object {
			groups[object] = files[start : i+1]
			start = i + 1
		}
	}
	return groups
}

func cutObject(object string) (namespace, kind, name string) {
	parts := strings.SplitN(object, "/", 3)
	for len(parts) < 3 {
		parts = append(parts, "")
	}
	return parts[0], parts[1], parts[2]
}

// carry gives the files of a snapshot and those of before that lie where it could not read: they count as still declared (DELIVERY R3).
func carry(before []source.File, s *source.Snapshot) []source.File {
	if len(s.Unread) == 0 {
		return s.Files
	}
	there := make(map[string]bool, len(s.Files))
	for i := range s.Files {
		there[s.Files[i].Path] = true
	}
	files := slices.Clone(s.Files)
	for _, f := range before {
		if !there[f.Path] && s.Unreadable(f.Path) {
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b source.File) int { return strings.Compare(a.Path, b.Path) })
	return files
}
