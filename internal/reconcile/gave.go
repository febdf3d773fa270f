package reconcile

import (
	"slices"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// gave is what each file that has become illegible declared before, by path (R18). Marks tell only what is served from there; an identity
// that was shadowed, invalid or held is declared too (I1).
func (r *Reconciler) gave(f *follower, files []source.File) map[string][]resource.ID {
	out := map[string][]resource.ID{}
	var before map[string]source.File
	for _, file := range files {
		content := r.contents.get(desired.KeyOf(file))
		if !content.Illegible() {
			continue
		}
		if before == nil {
			before = byPath(f.planned)
		}
		ids := append(slices.Clone(f.saved.Gave[file.Path]), content.Declares()...)
		if old, ok := before[file.Path]; ok && old.Digest != file.Digest {
			ids = append(ids, r.contents.lookup(old).Declares()...)
		}
		slices.SortFunc(ids, resource.ID.Compare)
		out[file.Path] = slices.Compact(ids)
	}
	return out
}

func byPath(files []source.File) map[string]source.File {
	out := make(map[string]source.File, len(files))
	for _, file := range files {
		out[file.Path] = file
	}
	return out
}
