package source

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// maxScopes bounds how many scopes, or notes, a snapshot names one by one.
const maxScopes = 1000

// Bounded sorts scopes, and makes one that covers everything of too many. what became of the paths is part of its reason.
func Bounded(scopes []Unread, what string) []Unread {
	slices.SortStableFunc(scopes, func(a, b Unread) int { return cmp.Compare(a.Prefix, b.Prefix) })
	if n := len(scopes); n > maxScopes {
		return []Unread{{Reason: fmt.Sprintf("%d paths %s; the first is %s: %s", n, what, scopes[0].Prefix, scopes[0].Reason)}}
	}
	return scopes
}

// Revision is a short digest of paths and contents, for sources that have no better name for what they hold.
func Revision(files []File) string {
	h := sha256.New()
	var line []byte
	for i := range files {
		line = append(line[:0], files[i].Path...)
		line = append(line, 0)
		line = hex.AppendEncode(line, files[i].Digest[:])
		h.Write(append(line, '\n'))
	}
	return "sha256:" + Digest(h.Sum(nil)).Short()
}
