package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
	"github.com/perseid-dev/perseid/internal/resource"
)

// deliveryRoutes tell where resources come from and what became of them. A source's name may be written plainly,
// slashes included, or percent-encoded.
func (a *api) deliveryRoutes() []route {
	const base = "/api/delivery/v1"
	return []route{
		{http.MethodGet, base + "/sources", a.sources},
		{http.MethodGet, base + "/sources/{name...}", a.source},
		{http.MethodPost, base + "/sources/{name...}", a.command},
		{http.MethodGet, base + "/documents", a.documents},
		{http.MethodGet, base + "/resources/{plural}/{name}", a.origin},
		{http.MethodGet, base + "/resources/projects/{project}/{plural}/{name}", a.origin},
	}
}

// sources answers an array of delivery.Source.
func (a *api) sources(w http.ResponseWriter, r *http.Request) error {
	if err := a.authorize(r, "read", "Project", ""); err != nil {
		return err
	}
	return a.answerStatus(w, r, func() (any, error) {
		return append([]delivery.Source{}, a.Delivery.Status(false).Sources...), nil
	})
}

// source answers one delivery.Source.
func (a *api) source(w http.ResponseWriter, r *http.Request) error {
	if err := a.authorize(r, "read", "Project", ""); err != nil {
		return err
	}
	return a.answerStatus(w, r, func() (any, error) { return a.sourceNamed(r.PathValue("name")) })
}

func (a *api) sourceNamed(name string) (delivery.Source, error) {
	for _, s := range a.Delivery.Status(false).Sources {
		if s.Name == name {
			return s, nil
		}
	}
	return delivery.Source{}, problem.New(problem.NotFound, "source "+name)
}

// documents answers an array of delivery.Document, of those that the query asks for and the caller may read.
func (a *api) documents(w http.ResponseWriter, r *http.Request) error {
	return a.answerStatus(w, r, func() (any, error) {
		unwanted := func(d delivery.Document) bool {
			return !asksFor(r.URL.Query(), d) || a.authorize(r, "read", d.Kind, d.Project) != nil
		}
		return slices.DeleteFunc(append([]delivery.Document{}, a.Delivery.Status(true).Documents...), unwanted), nil
	})
}

// asksFor says whether a document is one that the query wants. Parameters that are missing or empty want every value.
func asksFor(q url.Values, d delivery.Document) bool {
	is := func(parameter, value string) bool {
		wanted := q.Get(parameter)
		return wanted == "" || strings.EqualFold(wanted, value)
	}
	return is("source", d.Source) && is("project", projectOf(d)) && is("kind", d.Kind) && is("outcome", string(d.Outcome))
}

// projectOf counts a project among its own rows.
func projectOf(d delivery.Document) string {
	if d.Kind == "Project" {
		return d.Name
	}
	return d.Project
}

// ResourceStatus says where one stored resource comes from.
type ResourceStatus struct {
	resource.ID
	Managed bool            `json:"managed"`
	Owner   *delivery.Owner `json:"owner,omitempty"`
	// Unreadable says why the file in the database cannot be read; the last readable version is then served.
	Unreadable string `json:"unreadable,omitempty"`
	// Documents are all that declare the resource, the one that wins and those it shadows.
	Documents []delivery.Document `json:"documents"`
}

// origin answers a ResourceStatus. A resource that is declared but not stored, because its document is refused, say, is found too.
func (a *api) origin(w http.ResponseWriter, r *http.Request) error {
	project := a.fold(r.PathValue("project"))
	k, ok := resource.KindByPlural(r.PathValue("plural"))
	if !ok || k.Project != (project != "") {
		return problem.New(problem.NotFound, "kind")
	}
	if err := a.authorize(r, "read", k.Name, project); err != nil {
		return err
	}
	status := ResourceStatus{ID: resource.ID{Kind: k.Name, Project: project, Name: a.fold(r.PathValue("name"))}}
	status.Documents = a.declaring(status.ID)
	entry, err := a.Store.Get(status.ID)
	switch {
	case err == nil:
		status.Owner, status.Unreadable = a.owner(entry), entry.Problem
		status.Managed = status.Owner != nil
	case problem.ClassOf(err) != problem.NotFound || len(status.Documents) == 0:
		return err
	}
	reply.JSON(w, http.StatusOK, status)
	return nil
}

func (a *api) declaring(id resource.ID) []delivery.Document {
	others := func(d delivery.Document) bool {
		return d.Kind != id.Kind || a.fold(d.Project) != id.Project || a.fold(d.Name) != id.Name
	}
	return slices.DeleteFunc(append([]delivery.Document{}, a.Delivery.Status(true).Documents...), others)
}
