package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// documents answers an array of delivery.Document, of those that the query asks for and the caller may read.
func (a *api) documents(w http.ResponseWriter, r *http.Request) error {
	f, err := a.documentFilter(r.URL.Query())
	if err != nil {
		return err
	}
	return a.answerStatus(w, r, func() (any, error) {
		found := []delivery.Document{}
		for _, d := range a.Delivery.Status(true).Documents {
			if f.limit > 0 && len(found) == f.limit {
				break
			}
			if f.wants(d) && a.authorize(r, "read", d.Kind, d.Project) == nil {
				found = append(found, d)
			}
		}
		return found, nil
	})
}

// documentFilter is what a query asks for. The zero value of a field wants everything.
type documentFilter struct {
	fold                        func(string) string
	source, project, kind, name string
	outcomes                    []delivery.Outcome
	problems                    bool
	limit                       int
}

func documentParameters() []parameter {
	return []parameter{
		{"source", "of this source"},
		{"project", "in this project, the project itself included"},
		{"kind", "of this kind, in any case"},
		{"name", "of this name"},
		{"outcome", "with one of these outcomes; may be repeated, or hold several with commas between them"},
		{"problems", "`true`: only those with problems"},
		{"limit", "at most this many"},
	}
}

func (a *api) documentFilter(q url.Values) (documentFilter, error) {
	f := documentFilter{
		fold: a.fold, source: q.Get("source"), project: a.fold(q.Get("project")), kind: q.Get("kind"), name: a.fold(q.Get("name")),
	}
	for _, word := range strings.FieldsFunc(strings.Join(q["outcome"], ","), func(c rune) bool { return c == ',' }) {
		outcome := delivery.Outcome(strings.ToLower(strings.TrimSpace(word)))
		if !slices.Contains(delivery.Outcomes(), outcome) {
			return f, invalid("outcome: expected some of %v, not %q", delivery.Outcomes(), word)
		}
		f.outcomes = append(f.outcomes, outcome)
	}
	problems, err := boolParameter(q, "problems")
	if err != nil {
		return f, invalid("problems: expected true or false, not %q", q.Get("problems"))
	}
	f.problems = problems != nil && *problems
	f.limit, err = countParameter(q, "limit")
	return f, err
}

func (f *documentFilter) wants(d delivery.Document) bool {
	return (f.source == "" || f.source == d.Source) &&
		(f.project == "" || f.project == f.fold(projectOf(d))) &&
		(f.kind == "" || strings.EqualFold(f.kind, d.Kind)) &&
		(f.name == "" || f.name == f.fold(d.Name)) &&
		(len(f.outcomes) == 0 || slices.Contains(f.outcomes, d.Outcome)) &&
		(!f.problems || len(d.Problems) > 0)
}

// projectOf counts a project among its own rows.
func projectOf(d delivery.Document) string {
	if d.Kind == "Project" {
		return d.Name
	}
	return d.Project
}
