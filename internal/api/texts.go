package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Texts is what was declared, now and before, as people wrote it. Implementations are safe for concurrent use, and show nothing of what
// holds secrets, or came from a place for them (R33). Errors are of class NotFound for what is not there, or no longer kept.
type Texts interface {
	// Excerpt is the text of a source's file around a place.
	Excerpt(at delivery.Place) (delivery.Excerpt, error)
	// Content is a kept version of a resource, in JSON.
	Content(of delivery.Subject, version uint64) ([]byte, error)
	// Compare tells how two releases of a source differ.
	Compare(span delivery.Span) (delivery.Comparison, error)
}

// excerpt answers a delivery.Excerpt to who may read every document of the file.
func (a *api) excerpt(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	at := delivery.Place{Source: r.PathValue("name"), Origin: q.Get("origin")}
	var err error
	if at.Line, err = countParameter(q, "line"); err != nil {
		return err
	}
	if at.Column, err = countParameter(q, "column"); err != nil {
		return err
	}
	if err := a.mayReadFile(r, at); err != nil {
		return err
	}
	found, err := a.Texts.Excerpt(at)
	return answerValue(w, r, found, err)
}

// mayReadFile asks for every document of a file: lines do not tell whose they are.
func (a *api) mayReadFile(r *http.Request, at delivery.Place) error {
	found := false
	for _, d := range a.Delivery.Status(true).Documents {
		if d.Source != at.Source || d.Origin != at.Origin {
			continue
		}
		found = true
		if err := a.authorize(r, "read", d.Kind, d.Project); err != nil {
			return err
		}
	}
	if !found {
		return problem.New(problem.NotFound, "source "+at.Source+" holds no "+at.Origin)
	}
	return nil
}

// content answers a kept version of a resource.
func (a *api) content(w http.ResponseWriter, r *http.Request) error {
	id, err := a.resourceID(r)
	if err != nil {
		return err
	}
	if err := a.authorize(r, "read", id.Kind, id.Project); err != nil {
		return err
	}
	text := r.URL.Query().Get("version")
	version, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return invalid("version: expected the number of a kept version, not %q", text)
	}
	body, err := a.Texts.Content(delivery.Subject{Kind: id.Kind, Project: id.Project, Name: id.Name}, version)
	if err != nil {
		return err
	}
	return answerTagged(w, r, bodyTag(body), body)
}

// compare answers a delivery.Comparison of two releases, as far as the caller may read what changed.
func (a *api) compare(w http.ResponseWriter, r *http.Request) error {
	if err := a.maySeeSources(r); err != nil {
		return err
	}
	span, err := a.spanOf(r)
	if err != nil {
		return err
	}
	if span.Kind != "" {
		if err := a.authorize(r, "read", span.Kind, span.Project); err != nil {
			return err
		}
	}
	found, err := a.Texts.Compare(span)
	found.Changes = a.visible(r, found.Changes)
	return answerValue(w, r, found, err)
}

func compareParameters() []parameter {
	return []parameter{
		{"from", "the earlier release, by its revision, the start of it, or its version; without it, the one before the later"},
		{"to", "the later release; without it, the one that is served"},
		{"kind", "with `name`, and `project` for what is in one: only this resource, with its fields and documents"},
		{"project", "see `kind`"},
		{"name", "see `kind`"},
	}
}

func (a *api) spanOf(r *http.Request) (delivery.Span, error) {
	q := r.URL.Query()
	span := delivery.Span{Source: r.PathValue("name"), From: q.Get("from"), To: q.Get("to")}
	if q.Get("kind") == "" {
		return span, nil
	}
	kind, err := resource.KindByName(q.Get("kind"))
	switch {
	case err != nil:
		return span, invalid("kind: %s", err)
	case q.Get("name") == "":
		return span, invalid("name: expected the name of the %s to compare", kind.Name)
	}
	span.Kind, span.Name = kind.Name, a.fold(q.Get("name"))
	if kind.Project {
		span.Project = a.fold(q.Get("project"))
	}
	return span, nil
}

// visible leaves out changes of what the caller may not read.
func (a *api) visible(r *http.Request, changes []delivery.Change) []delivery.Change {
	hidden := func(c delivery.Change) bool { return a.authorize(r, "read", c.Kind, c.Project) != nil }
	return slices.DeleteFunc(append([]delivery.Change{}, changes...), hidden)
}

// answerValue answers a value with an ETag, or an error.
func answerValue(w http.ResponseWriter, r *http.Request, value any, err error) error {
	if err != nil {
		return err
	}
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return answerTagged(w, r, bodyTag(body), body)
}

// countParameter reads a number from 1; 0 where there is none.
func countParameter(q url.Values, name string) (int, error) {
	text := q.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, invalid("%s: expected a number from 1, not %q", name, text)
	}
	return n, nil
}
