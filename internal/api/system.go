package api

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/perseid-dev/perseid/internal/buildinfo"
	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
)

// serverRoutes are about the server itself (perses.md §2.7).
func (a *api) serverRoutes() []route {
	return []route{
		{http.MethodGet, "/api/config", a.config},
		{http.MethodGet, "/api/v1/health", a.health},
		{http.MethodGet, "/api/v1/plugins", a.plugins},
		{http.MethodGet, "/api/v1/search/dashboards", a.search},
		{http.MethodPost, "/api/v1/view", a.view},
		{http.MethodGet, "/api/v1/user/whoami", nobody},
		{http.MethodGet, "/api/v1/users/{name}/permissions", nobody},
	}
}

// rootRoutes are for machines that know nothing of api_prefix.
func (a *api) rootRoutes() []route {
	scrape := promhttp.HandlerFor(a.Registry, promhttp.HandlerOpts{})
	return []route{
		{http.MethodGet, a.TelemetryPath, func(w http.ResponseWriter, r *http.Request) error { scrape.ServeHTTP(w, r); return nil }},
		{http.MethodGet, "/livez", live},
		{http.MethodGet, "/readyz", a.ready},
	}
}

func (a *api) config(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(a.Config)
	return nil
}

// health stays 200 while sources are still being read: charts use it for liveness (R27).
func (a *api) health(w http.ResponseWriter, _ *http.Request) error {
	build, fine := buildinfo.Get(), a.DatabaseOK == nil || a.DatabaseOK()
	status := http.StatusOK
	if !fine {
		status = http.StatusServiceUnavailable
	}
	reply.JSON(w, status, struct {
		BuildTime string `json:"buildTime"`
		Version   string `json:"version"`
		Commit    string `json:"commit"`
		Database  bool   `json:"database"`
	}{build.Date, build.Version, build.Commit, fine})
	return nil
}

func (a *api) plugins(w http.ResponseWriter, _ *http.Request) error {
	if a.Plugins == nil {
		reply.JSON(w, http.StatusOK, []string{})
		return nil
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(a.Plugins)
	return nil
}

// nobody answers who asks for themselves on a server that knows no users.
func nobody(http.ResponseWriter, *http.Request) error {
	return problem.New(problem.Unauthorized, "authentication is required to retrieve user permissions")
}

func live(w http.ResponseWriter, _ *http.Request) error {
	reply.JSON(w, http.StatusOK, map[string]string{"status": "live"})
	return nil
}

// Readiness is the body of /readyz.
type Readiness struct {
	Ready bool `json:"ready"`
	// Waiting names the sources that were not read yet.
	Waiting []string `json:"waiting,omitempty"`
}

func (a *api) ready(w http.ResponseWriter, _ *http.Request) error {
	status := a.Delivery.Status(false)
	if status.Ready {
		reply.JSON(w, http.StatusOK, Readiness{Ready: true})
		return nil
	}
	var body Readiness
	for _, s := range status.Sources {
		if s.State == delivery.Syncing {
			body.Waiting = append(body.Waiting, s.Name)
		}
	}
	reply.JSON(w, http.StatusServiceUnavailable, body)
	return nil
}
