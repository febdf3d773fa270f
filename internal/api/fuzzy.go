package api

import (
	"math"
	"slices"
	"unicode"
)

// exactScore is that of a text that is what was looked for.
const exactScore = math.MaxUint64

// interval is a part of a text that matched: from its first to its last character.
type interval struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// lowered is a query as match takes it.
func lowered(query string) []rune {
	runes := []rune(query)
	for i, r := range runes {
		runes[i] = lower(r)
	}
	return runes
}

func lower(r rune) rune {
	switch {
	case r < unicode.MaxASCII && (r < 'A' || r > 'Z'):
		return r
	case r <= 'Z':
		return r + 'a' - 'A'
	}
	return unicode.ToLower(r)
}

// match looks for the characters of a query in a text, in their order, whatever their case. The score is higher the more of them stand together;
// it is 0 if they are not all there. The query is lowered and not empty.
func match(query []rune, text string) (score uint64, where []interval) {
	end := scan(query, text)
	if end < 0 {
		return 0, nil
	}
	runes := lowered(text)
	if slices.Equal(runes, query) {
		return exactScore, []interval{{0, len(runes) - 1}}
	}
	where = together(query, runes)
	if where == nil {
		where = backwards(query, runes[:end])
	}
	for _, part := range where {
		length := uint64(part.To - part.From + 1)
		score += length * length
	}
	return score, where
}

// scan is how many characters it takes to find all of a query, -1 if they are not there. It is asked of every text there is, so it allocates nothing.
func scan(query []rune, text string) int {
	found, n := 0, 0
	for _, r := range text {
		n++
		if lower(r) == query[found] {
			if found++; found == len(query) {
				return n
			}
		}
	}
	return -1
}

// together finds a query in one piece, nil if it is not there so.
func together(query, text []rune) []interval {
	for i := 0; i+len(query) <= len(text); i++ {
		if slices.Equal(text[i:i+len(query)], query) {
			return []interval{{i, i + len(query) - 1}}
		}
	}
	return nil
}

// backwards finds a query from the end of a text, which is where its last character is: so its parts stand closer than from the start.
func backwards(query, text []rune) []interval {
	var where []interval
	want := len(query) - 1
	for i := len(text) - 1; i >= 0 && want >= 0; i-- {
		if text[i] != query[want] {
			continue
		}
		want--
		if last := len(where) - 1; last >= 0 && where[last].From == i+1 {
			where[last].From = i
			continue
		}
		where = append(where, interval{i, i})
	}
	slices.Reverse(where)
	return where
}
