package delivery

import "encoding/json"

// Place is where something stands in a file of a source.
type Place struct {
	Source, Origin string
	Line, Column   int // from 1; 0 for not known
}

// Excerpt is the text of a source's file around a place.
type Excerpt struct {
	Source string `json:"source"`
	Origin string `json:"origin"`
	// Concealed says why no line is shown: what may hold a secret never is (R33).
	Concealed string `json:"concealed,omitempty"`
	// First is the number of the first line that is shown, from 1.
	First int `json:"first,omitempty"`
	// Lines are as in the file; what is cut from a long one is an ellipsis.
	Lines []string `json:"lines,omitempty"`
	// Line is the one that was asked for. Column is the place in it as it is shown, counted in characters from 1; 0 for not known.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Total is how many lines the file has.
	Total int `json:"total,omitempty"`
}

// Span is what to compare: two releases of a source, by revision, the start of it, or version. An empty To is the release that is served, an
// empty From the one before To. With a Kind, one resource is compared.
type Span struct {
	Source, From, To    string
	Kind, Project, Name string
}

// Comparison is how a later release of a source differs from an earlier one.
type Comparison struct {
	From    string   `json:"from"` // revisions
	To      string   `json:"to"`
	Changes []Change `json:"changes"`
	// Concealed says why the documents of the one resource that was asked for are not shown: what holds secrets never is (R33).
	Concealed string `json:"concealed,omitempty"`
	// Before and After are the documents of the one resource that was asked for, where there are any.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}
