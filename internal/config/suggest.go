package config

import "github.com/perseid-dev/perseid/internal/problem"

// didYouMean is a hint with the candidate nearest to what was written, or "" if none is near.
func didYouMean(written string, candidates []string) string {
	if near := problem.Nearest(written, candidates); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}
