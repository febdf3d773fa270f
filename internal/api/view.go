package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// view counts that a dashboard was looked at, and how long it took to draw (perses.md §1.16). It stores nothing.
func (a *api) view(w http.ResponseWriter, r *http.Request) error {
	if !isJSON(r) {
		return errNotJSON
	}
	data, done, err := a.intake.body(w, r)
	if err != nil {
		return err
	}
	defer done()
	var seen struct {
		Project    string  `json:"project"`
		Dashboard  string  `json:"dashboard"`
		RenderTime float64 `json:"render_time"`   // seconds
		Errors     float64 `json:"render_errors"` // a count
	}
	if err := json.Unmarshal(data, &seen); err != nil {
		return invalid("a view is an object with project, dashboard, render_time and render_errors")
	}
	if seen.RenderTime < 0 || seen.Errors < 0 {
		return invalid("render_time and render_errors cannot be negative")
	}
	id := resource.ID{Kind: "Dashboard", Project: a.fold(seen.Project), Name: a.fold(seen.Dashboard)}
	if err := a.authorize(r, "read", id.Kind, id.Project); err != nil {
		return unseen(err)
	}
	// Only dashboards that exist are counted, so that nobody can fill the memory with names.
	if _, err := a.Store.Get(id); err != nil {
		return err
	}
	a.metrics.viewed(id.Project, id.Name, seen.RenderTime, seen.Errors)
	w.WriteHeader(http.StatusOK)
	return nil
}

// unseen is how Perses refuses a view: 401, other than anywhere else (perses.md §2.7).
func unseen(err error) error {
	var failure *problem.Failure
	if problem.ClassOf(err) != problem.Forbidden || !errors.As(err, &failure) {
		return err
	}
	return &problem.Failure{Class: problem.Unauthorized, Detail: failure.Detail, Err: err}
}
