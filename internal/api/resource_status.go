package api

import (
	"net/http"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
	"github.com/perseid-dev/perseid/internal/resource"
)

// ResourceStatus says where one resource comes from, and what is kept of it.
type ResourceStatus struct {
	resource.ID
	Managed bool            `json:"managed"`
	Owner   *delivery.Owner `json:"owner,omitempty"`
	// Unreadable says why the file in the database cannot be read; the last readable version is then served.
	Unreadable string `json:"unreadable,omitempty"`
	// Documents are all that declare the resource, the one that wins and those it shadows.
	Documents []delivery.Document `json:"documents"`
	// History is what a rollback or undo can return to, newest first.
	History []delivery.Version `json:"history"`
}

// resourceStatus answers a ResourceStatus. What is declared but not stored, because its document is refused, say, or was deleted and
// can be brought back, is found too.
func (a *api) resourceStatus(w http.ResponseWriter, r *http.Request) error {
	id, err := a.resourceID(r)
	if err != nil {
		return err
	}
	if err := a.authorize(r, "read", id.Kind, id.Project); err != nil {
		return err
	}
	kept, err := a.Delivery.History(delivery.Subject{Kind: id.Kind, Project: id.Project, Name: id.Name})
	if err != nil {
		return err
	}
	status := ResourceStatus{ID: id, Documents: a.declaring(id), History: append([]delivery.Version{}, kept.Versions...)}
	entry, err := a.Store.Get(id)
	switch {
	case err == nil:
		status.Owner, status.Unreadable = a.manager(entry), entry.Problem
		status.Managed = status.Owner != nil
	case problem.ClassOf(err) != problem.NotFound || len(status.Documents)+len(status.History) == 0:
		return err
	}
	reply.JSON(w, http.StatusOK, status)
	return nil
}

func (a *api) declaring(id resource.ID) []delivery.Document {
	found := []delivery.Document{}
	for _, d := range a.Delivery.Status(true).Documents {
		if d.Kind == id.Kind && a.fold(d.Project) == id.Project && a.fold(d.Name) == id.Name {
			found = append(found, d)
		}
	}
	return found
}
