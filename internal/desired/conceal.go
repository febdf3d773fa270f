package desired

import "github.com/perseid-dev/perseid/internal/problem"

// concealed says what is wrong without quoting what the document says, by code. Problems of other codes quote identities at most.
var concealed = map[problem.Code]string{
	problem.CodeSyntax:    "is neither JSON nor YAML",
	problem.CodeKind:      "has a kind that is missing, unknown or not expected here",
	problem.CodeMetadata:  "breaks a rule for names, projects or tags",
	problem.CodeType:      "has the wrong type",
	problem.CodeValue:     "has a value that is not allowed",
	problem.CodeRequired:  "is required",
	problem.CodeUnknown:   "is not a field that anybody knows",
	problem.CodeReference: "refers to something that is not there",
	problem.CodeCycle:     "needs itself",
	problem.CodeLimit:     "is larger, deeper or more than is accepted",
	problem.CodeUnread:    "could not be read",
}

// told is what may be told of problems: nothing that came from a Kubernetes Secret is quoted (R33). Where it stands may be told.
func told(list problem.List, secret bool) problem.List {
	if !secret {
		return list
	}
	out := make(problem.List, 0, len(list))
	for _, p := range list {
		if text, ok := concealed[p.Code]; ok {
			p.Message, p.Hint = text+" (it came from a Secret, so its text is not quoted)", ""
		}
		out = append(out, p)
	}
	return out
}
