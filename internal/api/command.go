package api

import (
	"fmt"
	"net/http"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
	"github.com/perseid-dev/perseid/internal/resource"
)

// command is the row of a verb about a source or a resource. A nil order ignores the body.
func command(of string, verb delivery.Verb, status int, does string, parameters []parameter, o order, failures ...failure) operation {
	row := operation{
		method: http.MethodPost, path: of + "/" + string(verb), does: does, parameters: parameters, failures: failures,
		answer: fmt.Sprintf("%d, the Command", status),
		handle: func(a *api, w http.ResponseWriter, r *http.Request) error { return a.command(w, r, verb, status, o) },
	}
	if o != nil {
		row.body = o.example()
	}
	return row
}

// command carries out a command (R26), or with dryRun answers what it would change.
func (a *api) command(w http.ResponseWriter, r *http.Request, verb delivery.Verb, status int, o order) error {
	c, err := a.subject(r)
	if err != nil {
		return err
	}
	if err := a.mayCommand(r, c); err != nil {
		return err
	}
	c.Verb = verb
	if o != nil {
		if err := a.intake.readOrder(w, r, o, &c); err != nil {
			return err
		}
	}
	if err := readFlags(r, &c); err != nil {
		return err
	}
	preview, err := a.Delivery.Do(c)
	switch {
	case err != nil:
		return err
	case c.DryRun:
		a.answerPreview(w, r, preview)
	default:
		reply.JSON(w, status, c)
	}
	return nil
}

// subject is what the path of a command is about.
func (a *api) subject(r *http.Request) (delivery.Command, error) {
	if r.PathValue("plural") == "" {
		return delivery.Command{Source: r.PathValue("name")}, nil
	}
	id, err := a.resourceID(r)
	return delivery.Command{Kind: id.Kind, Project: id.Project, Name: id.Name}, err
}

// resourceID reads the path of a resource. A kind is found only where it belongs: within a project or without one.
func (a *api) resourceID(r *http.Request) (resource.ID, error) {
	project, plural := a.fold(r.PathValue("project")), r.PathValue("plural")
	k, ok := resource.KindByPlural(plural)
	if !ok || k.Project != (project != "") {
		return resource.ID{}, problem.New(problem.NotFound, "there are no "+plural+" at this path")
	}
	return resource.ID{Kind: k.Name, Project: project, Name: a.fold(r.PathValue("name"))}, nil
}

// readFlags reads what a query may add to a command. DryRun is read for every verb: one that cannot be tried must not be carried out instead.
func readFlags(r *http.Request, c *delivery.Command) error {
	q := r.URL.Query()
	flags := map[string]*bool{"dryRun": &c.DryRun}
	if c.Verb == delivery.Reconcile {
		flags["full"] = &c.Full
	}
	for name, flag := range flags {
		value, err := boolParameter(q, name)
		if err != nil {
			return invalid("%s: expected true or false, not %q", name, q.Get(name))
		}
		*flag = value != nil && *value
	}
	return nil
}

// answerPreview answers what a command would change, as far as the caller may read it.
func (a *api) answerPreview(w http.ResponseWriter, r *http.Request, p delivery.Preview) {
	reply.JSON(w, http.StatusOK, delivery.Preview{Changes: a.visible(r, p.Changes)})
}
