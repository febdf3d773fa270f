package reconcile

import "github.com/perseid-dev/perseid/internal/source"

// Bounds of what is kept to go back to, in bytes of source text, each content counted once; on the disk it is compressed (R22).
const (
	historyBytes  int64 = 512 << 20
	releasesBytes int64 = 1 << 30 // of one source
)

// weight adds up contents.
type weight struct {
	seen  map[source.Digest]bool
	bytes int64
}

// add counts a content, unless it is counted already, and returns the bytes so far.
func (w *weight) add(d source.Digest, size int64) int64 {
	if w.seen == nil {
		w.seen = map[source.Digest]bool{}
	}
	if !w.seen[d] {
		w.seen[d] = true
		w.bytes += size
	}
	return w.bytes
}

// bounded leaves out the oldest releases past the bounds: of number, and of bytes, where the last two are kept whatever they weigh.
func bounded(releases []release, bytes int64) []release {
	var w weight
	for n := range releases {
		rel := &releases[len(releases)-1-n]
		for _, f := range rel.Files {
			w.add(f.Digest, f.Size)
		}
		if n == releasesKept || n >= releasesSpared && w.bytes > bytes {
			return releases[len(releases)-n:]
		}
	}
	return releases
}
