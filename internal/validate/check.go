package validate

import (
	"fmt"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// What one document can make us say is bounded, whatever it holds.
const (
	maxProblems = 100  // in a document
	maxUses     = 1000 // of variables that a dashboard does not define
	maxShown    = 200  // bytes of a value quoted in a message
)

// check is one Inspect under way.
type check struct {
	r        *resource.Resource
	spec     node
	facts    Facts
	problems problem.List
}

// fail records an error at a place.
func (c *check) fail(at node, code problem.Code, format string, args ...any) {
	c.failHint(at, code, "", format, args...)
}

// failHint is fail with what to do about it.
func (c *check) failHint(at node, code problem.Code, hint, format string, args ...any) {
	if len(c.problems) > maxProblems {
		return
	}
	p := failure(at.path, code, fmt.Sprintf(format, args...), hint)
	if len(c.problems) == maxProblems {
		p = failure("", problem.CodeLimit, fmt.Sprintf("there are more than %d problems", maxProblems), "mend these first")
	}
	c.problems = append(c.problems, p)
}

func failure(path string, code problem.Code, message, hint string) problem.Problem {
	return problem.Problem{Code: code, Severity: problem.Error, Path: path, Message: message, Hint: hint}
}

// shown cuts a value for a message.
func shown(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "") + "..."
}
