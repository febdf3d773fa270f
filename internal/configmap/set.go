package configmap

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// RenderAll renders documents, sorted by name. Problems are errors, with which the manifests are not to be used, and warnings.
func RenderAll(documents []Document, o Options) ([]Manifest, problem.List, error) {
	var out []Manifest
	var problems problem.List
	named := map[string]string{}
	for _, d := range documents {
		m, err := Render(d, o)
		if err != nil {
			return nil, nil, err
		}
		problems = append(problems, m.check(o)...)
		if other, taken := named[m.Name]; taken {
			problems = append(problems, m.fault(problem.Error, problem.CodeDuplicate, fmt.Sprintf("%s is given to %s too", m.Name, other), "rename one of the files"))
		}
		named[m.Name] = d.Path
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Manifest) int { return strings.Compare(a.Name, b.Name) })
	return out, problems, nil
}

// check says what Kubernetes or kubectl will not take.
func (m Manifest) check(o Options) problem.List {
	switch {
	case m.Size > MaxValue && o.Gzip:
		return problem.List{m.fault(problem.Error, problem.CodeLimit, fmt.Sprintf("%d bytes when compressed, and an object takes %d", m.Size, MaxValue),
			"divide the document")}
	case m.Size > MaxValue:
		return problem.List{m.fault(problem.Error, problem.CodeLimit, fmt.Sprintf("%d bytes, and an object takes %d", m.Size, MaxValue),
			"add --gzip, which keeps about a tenth, or divide the document")}
	case len(m.Text) > MaxClientApply:
		return problem.List{m.fault(problem.Warning, problem.CodeLimit, fmt.Sprintf("a manifest of %d bytes, and kubectl apply takes %d", len(m.Text), MaxClientApply),
			"apply it with --server-side, or add --gzip")}
	}
	return nil
}

func (m Manifest) fault(severity problem.Severity, code problem.Code, message, hint string) problem.Problem {
	return problem.Problem{Code: code, Severity: severity, Origin: m.Path, Message: message, Hint: hint}
}
