package config

import "strings"

// didYouMean is a hint with the candidate nearest to what was written, or "" if none is near.
func didYouMean(written string, candidates []string) string {
	best, distance := "", len(written)/3+1
	for _, c := range candidates {
		if d := editDistance(fold(written), fold(c)); d < distance {
			best, distance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// fold makes camelCase, kebab-case and snake_case of one word equal.
func fold(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s))
}

// editDistance is Levenshtein's: how many bytes to insert, delete or replace.
func editDistance(a, b string) int {
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
