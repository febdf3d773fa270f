package problem

import "strings"

// Bounds of a suggestion.
const (
	maxDistance = 2   // letters that may be wrong, missing or too many
	maxWritten  = 100 // bytes; what is longer is no misspelt word
)

// Nearest is the candidate that somebody probably meant by what they wrote, "" if none is near. It is for hints.
// Case, dashes and underscores do not count.
func Nearest(written string, candidates []string) string {
	if len(written) > maxWritten {
		return ""
	}
	written = simplified(written)
	best, nearest := maxDistance+1, ""
	for _, c := range candidates {
		plain := simplified(c)
		if len(written)-len(plain) > maxDistance || len(plain)-len(written) > maxDistance {
			continue
		}
		if d := distance(written, plain); d < best && 3*d <= len(c) {
			best, nearest = d, c
		}
	}
	return nearest
}

func simplified(s string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(s))
}

// distance is the number of single letters to insert, remove or replace (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
