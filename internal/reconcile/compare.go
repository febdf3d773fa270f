package reconcile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// Compare tells how two releases of a source differ, by what their files declare: files that are the same in both are not looked into.
// The error is of class NotFound for a source or release that is not there, Invalid for a source that has none to compare.
func (r *Reconciler) Compare(span delivery.Span) (delivery.Comparison, error) {
	from, to, err := r.status.Load().span(span)
	if err != nil {
		return delivery.Comparison{}, err
	}
	// Two releases may be all different, and large: one comparison at a time is as much as a server should be kept busy with.
	r.comparing.Lock()
	defer r.comparing.Unlock()
	only := resource.ID{Kind: span.Kind, Project: span.Project, Name: span.Name}
	before, err := r.declared(without(from.Files, to.Files), only)
	if err != nil {
		return delivery.Comparison{}, err
	}
	after, err := r.declared(without(to.Files, from.Files), only)
	if err != nil {
		return delivery.Comparison{}, err
	}
	out := delivery.Comparison{From: from.Revision, To: to.Revision, Changes: differences(before, after)}
	if only.Kind != "" {
		show(&out, before[only], after[only])
	}
	return out, nil
}

// span finds the two releases.
func (b *board) span(s delivery.Span) (from, to *release, err error) {
	past, ok := b.pasts[s.Source]
	if !ok {
		return nil, nil, problem.New(problem.NotFound, fmt.Sprintf("there is no source %q", s.Source))
	}
	at := func(word string, otherwise int) (int, error) {
		if word == "" && otherwise >= 0 {
			return otherwise, nil
		}
		for i, rel := range slices.Backward(past.releases) {
			if word != "" && named(word, rel.Revision, rel.Version) {
				return i, nil
			}
		}
		if word == "" {
			return 0, problem.New(problem.Invalid, fmt.Sprintf("source %s has no two releases to compare: only artifacts, and directories with an index, have any", s.Source))
		}
		return 0, problem.New(problem.NotFound, fmt.Sprintf("source %s has no release %q: its history lists those that are kept", s.Source, word))
	}
	later, err := at(s.To, past.serving())
	if err != nil {
		return nil, nil, err
	}
	earlier, err := at(s.From, later-1)
	if err != nil {
		return nil, nil, err
	}
	return &past.releases[earlier], &past.releases[later], nil
}

// serving is the place of the release that is served; -1 for none.
func (p past) serving() int {
	return slices.IndexFunc(p.releases, func(rel release) bool {
		return slices.ContainsFunc(p.history.Releases, func(line delivery.Release) bool { return line.Serving && line.Revision == rel.Revision })
	})
}

// without is the files that are not the same among others.
func without(files, others []source.File) []source.File {
	same := byPath(others)
	return slices.DeleteFunc(slices.Clone(files), func(f source.File) bool {
		other, ok := same[f.Path]
		return ok && desired.KeyOf(other) == desired.KeyOf(f)
	})
}

// declaration is what a file declares under one identity.
type declaration struct {
	hash     inventory.Hash
	secret   bool
	resource *resource.Resource // of the one that was asked for
}

// declared is what files declare, the last of them winning (R8); with an identity, only that.
func (r *Reconciler) declared(files []source.File, only resource.ID) (map[resource.ID]*declaration, error) {
	out := map[resource.ID]*declaration{}
	for _, file := range files {
		data, err := r.objects.Open(file.Digest)
		if err != nil {
			return nil, &problem.Failure{Class: problem.NotFound, Detail: fmt.Sprintf("the text of %s is no longer kept", file.Origin), Err: err}
		}
		if only.Kind != "" && !bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(only.Name))) {
			continue
		}
		decoded := map[int]*resource.Resource{}
		content := r.o.Examiner.Examine(data, desired.KeyOf(file), func(index int, found *resource.Resource) {
			if found.ID() == only {
				decoded[index] = found
			}
		})
		for _, doc := range content.Documents {
			if doc.ID.Possible() && !doc.Problems.Invalid() && (only.Kind == "" || doc.ID == only) {
				out[doc.ID] = &declaration{doc.Hash, file.Secret || holdsSecrets(doc.ID), decoded[doc.Index]}
			}
		}
	}
	return out, nil
}

// differences lists what changed, in order of rank.
func differences(before, after map[resource.ID]*declaration) []delivery.Change {
	ids := slices.Collect(maps.Keys(before))
	for id := range after {
		if before[id] == nil {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, resource.ID.Compare)
	out := []delivery.Change{}
	for _, id := range ids {
		line := delivery.Change{Kind: id.Kind, Project: id.Project, Name: id.Name}
		switch was, is := before[id], after[id]; {
		case was == nil:
			line.Action = verbs[Create]
		case is == nil:
			line.Action = verbs[Delete]
		case was.hash != is.hash:
			line.Action = verbs[Update]
			line.Fields = changedFields(was, is)
		default:
			continue
		}
		out = append(out, line)
	}
	return out
}

// changedFields is how two declarations differ, where their resources are at hand.
func changedFields(was, is *declaration) []delivery.FieldChange {
	if was.resource == nil || is.resource == nil {
		return nil
	}
	fields := Fields(was.resource, is.resource)
	if was.secret || is.secret {
		conceal(fields)
	}
	return fields
}

// show gives a comparison of one resource its documents, unless they hold secrets.
func show(out *delivery.Comparison, was, is *declaration) {
	text := func(d *declaration) json.RawMessage {
		switch {
		case d == nil || d.resource == nil:
			return nil
		case d.secret:
			out.Concealed = "it holds a secret, or came from a place for secrets"
			return nil
		}
		return d.resource.JSON()
	}
	out.Before, out.After = text(was), text(is)
	if out.Concealed != "" {
		out.Before, out.After = nil, nil
	}
}
