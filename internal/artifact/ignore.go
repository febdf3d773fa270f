package artifact

import (
	"fmt"
	"path"
	"strings"
)

// IgnoreName is the file in the root of a directory that says, in the form of gitignore, what is left out of an artifact.
const IgnoreName = ".perseidignore"

// Bounds of an ignore file.
const (
	maxIgnoreBytes = 1 << 20
	maxIgnoreStars = 8 // of the form ** in one pattern: each may try every depth
)

// ignore is the rules of an ignore file. The last one that matches a path decides.
type ignore []rule

type rule struct {
	parts     []string // of the pattern; a name alone matches at any depth
	anchored  bool
	negated   bool
	directory bool // matches directories only
}

// parseIgnore reads rules, one a line.
func parseIgnore(text string) (ignore, error) {
	var rules ignore
	n := 0
	for line := range strings.Lines(text) {
		n++
		r, err := parseRule(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", IgnoreName, n, err)
		}
		if r != nil {
			rules = append(rules, *r)
		}
	}
	return rules, nil
}

// parseRule reads one line; nil for one that says nothing.
func parseRule(line string) (*rule, error) {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = strings.TrimSuffix(line, " ")
	}
	if line == "" || line[0] == '#' {
		return nil, nil
	}
	r := &rule{}
	line, r.negated = strings.CutPrefix(line, "!")
	line, r.directory = strings.CutSuffix(line, "/")
	r.anchored = strings.Contains(line, "/")
	r.parts = strings.Split(strings.TrimPrefix(line, "/"), "/")
	stars := 0
	for i, part := range r.parts {
		if part == "**" {
			stars++
		}
		r.parts[i] = strings.ReplaceAll(part, "[!", "[^")
		if _, err := path.Match(r.parts[i], ""); err != nil || part == "" {
			return nil, fmt.Errorf("%q is not a pattern", line)
		}
	}
	if stars > maxIgnoreStars {
		return nil, fmt.Errorf("%.60q has ** more than %d times", line, maxIgnoreStars)
	}
	return r, nil
}

// leavesOut says whether a path whose directories are not left out is.
func (rules ignore) leavesOut(p string, directory bool) bool {
	for i := len(rules) - 1; i >= 0; i-- {
		if rules[i].matches(p, directory) {
			return !rules[i].negated
		}
	}
	return false
}

func (r rule) matches(p string, directory bool) bool {
	if r.directory && !directory {
		return false
	}
	if !r.anchored {
		return matchName(r.parts[0], path.Base(p))
	}
	return matchParts(r.parts, strings.Split(p, "/"))
}

func matchName(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// matchParts matches names of a path one by one; ** stands for any number of them, and at the end for at least one.
func matchParts(pattern, names []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			return matchStars(pattern[1:], names)
		}
		if len(names) == 0 || !matchName(pattern[0], names[0]) {
			return false
		}
		pattern, names = pattern[1:], names[1:]
	}
	return len(names) == 0
}

func matchStars(rest, names []string) bool {
	if len(rest) == 0 {
		return len(names) > 0
	}
	for i := range names {
		if matchParts(rest, names[i:]) {
			return true
		}
	}
	return false
}
