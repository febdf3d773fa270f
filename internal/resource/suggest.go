package resource

import (
	"fmt"
	"strings"
)

// maxDistance is how many letters may be wrong, missing or too many for a suggestion.
const maxDistance = 2

// nearest is the known field that a name was probably meant to be; "" if none is near.
func (o *object) nearest(name string) string {
	names := make([]string, len(o.fields))
	for i := range o.fields {
		names[i] = o.fields[i].name
	}
	return nearest(name, names)
}

// nearestKind is a hint at the kind that was probably meant.
func nearestKind(name string) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "use one of " + strings.Join(names, ", ")
}

// nearest compares without case, dashes and underscores.
func nearest(name string, candidates []string) string {
	name = simplified(name)
	best, nearest := maxDistance+1, ""
	for _, c := range candidates {
		plainer := simplified(c)
		if len(name)-len(plainer) > maxDistance || len(plainer)-len(name) > maxDistance {
			continue
		}
		if d := distance(name, plainer); d < best && d < len(c)/2+1 {
			best, nearest = d, c
		}
	}
	return nearest
}

func simplified(s string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(shown(s)))
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
