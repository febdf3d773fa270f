package api

import (
	"net/http"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
)

// maySeeSources asks for what sources, which may hold documents of any project, need.
func (a *api) maySeeSources(r *http.Request) error { return a.authorize(r, "read", "Project", "") }

// sources answers an array of delivery.Source.
func (a *api) sources(w http.ResponseWriter, r *http.Request) error {
	if err := a.maySeeSources(r); err != nil {
		return err
	}
	return a.answerStatus(w, r, func() (any, error) {
		return append([]delivery.Source{}, a.Delivery.Status(false).Sources...), nil
	})
}

// database answers a delivery.Database.
func (a *api) database(w http.ResponseWriter, r *http.Request) error {
	if err := a.maySeeSources(r); err != nil {
		return err
	}
	d := delivery.Database{Documents: map[string]int{}}
	if a.Database != nil {
		d = a.Database()
	}
	reply.JSON(w, http.StatusOK, d)
	return nil
}

// source answers one delivery.Source.
func (a *api) source(w http.ResponseWriter, r *http.Request) error {
	if err := a.maySeeSources(r); err != nil {
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
	return delivery.Source{}, problem.New(problem.NotFound, "there is no source "+name)
}

// history answers the delivery.History of a source.
func (a *api) history(w http.ResponseWriter, r *http.Request) error {
	if err := a.maySeeSources(r); err != nil {
		return err
	}
	kept, err := a.Delivery.History(delivery.Subject{Source: r.PathValue("name")})
	if err != nil {
		return err
	}
	reply.JSON(w, http.StatusOK, kept)
	return nil
}
