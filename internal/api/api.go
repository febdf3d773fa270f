// Package api answers the Perses HTTP API (contracts: perses.md §2) and the delivery API over a store and a status it is handed.
package api

import (
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

// Options is what the API stands on. Store, Delivery and Registry are required; the zero value of the rest means off, empty or none.
type Options struct {
	Store    *store.Store
	Delivery Delivery
	Registry *prometheus.Registry
	Log      *slog.Logger

	Prefix         string // api_prefix, with leading and without trailing slash
	TelemetryPath  string // "/metrics" if empty
	ReadOnly       bool   // security.readonly
	Protect        bool   // refuse writes to managed resources (R25)
	CaseSensitive  bool
	CORS           *CORS
	Config         []byte          // GET /api/config, already masked
	Disabled       map[string]bool // kinds (by name) that are not served
	NoLocalSources bool            // datasource.disable_local
	NoLocalVars    bool            // variable.disable_local
	DatabaseOK     func() bool     // health; nil means fine
	// Authorize is asked before the project check, for each resource route. nil allows everything.
	Authorize func(r *http.Request, verb, kind, project string) error
	// HashPassword makes the stored form of a user's password.
	HashPassword func(string) (string, error)
}

// CORS is security.cors of the configuration.
type CORS struct {
	AllowOrigins, AllowMethods, AllowHeaders, ExposeHeaders []string
	AllowCredentials                                        bool
	MaxAge                                                  int // seconds
}

// Delivery is what the API must know of delivering. Implementations are safe for concurrent use.
type Delivery interface {
	// Status is the state of all sources; documents only if asked for.
	Status(documents bool) delivery.Status
	// Owner reads an owner mark; nil if it says nothing, or protection is lifted for the resource.
	Owner(id resource.ID, mark []byte) *delivery.Owner
	// Changed is closed at the next change of status.
	Changed() <-chan struct{}
	// Do carries out a command on a source: reconcile.
	Do(command, source string) error
}

// New builds the handler.
func New(o Options) (http.Handler, error) { panic("todo") }
