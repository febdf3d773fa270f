package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

// get answers with one document.
func (a *api) get(c *call) error {
	if err := a.admit(c); err != nil {
		return err
	}
	entry, err := a.Store.Get(c.id())
	if err != nil {
		return err
	}
	if notModified(c.w, c.r, entry.ETag) {
		return nil
	}
	return a.answerEntry(c.w, entry)
}

// admit asks whether the caller may, and then whether the project of the path is there: someone who may not, learns nothing of it.
func (a *api) admit(c *call) error {
	if err := a.authorize(c.r, c.verb.permission, c.kind.Name, c.project); err != nil {
		return err
	}
	if !c.nested {
		return nil
	}
	return a.projectExists(c.project)
}

// projectExists is the project check (perses.md §2.3); its message is one that percli looks for.
func (a *api) projectExists(name string) error {
	switch {
	case name == "":
		return invalid("metadata.project cannot be empty")
	case !a.Store.Has(resource.ID{Kind: "Project", Name: name}):
		return invalid("metadata.project %q doesn't exist", name)
	}
	return nil
}

// answerEntry answers with the document of an entry, or with the one that took its place while nobody looked.
func (a *api) answerEntry(w http.ResponseWriter, e *store.Entry) error {
	for range attempts {
		body, err := a.Store.Body(e)
		if err == nil {
			w.Header().Set("ETag", e.ETag)
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(body) // an error here is the client gone
			return nil
		}
		if !errors.Is(err, store.ErrReplaced) {
			return err
		}
		if e, err = a.Store.Get(e.ID); err != nil {
			return err
		}
	}
	return errMoved
}

// fold lower-cases a name where the database is case-insensitive.
func (a *api) fold(name string) string {
	if a.CaseSensitive {
		return name
	}
	return strings.ToLower(name)
}
