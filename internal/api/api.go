// Package api answers the Perses HTTP API (contracts: perses.md §2) and the delivery API over a store and a status it is handed.
//
// Three ideas. One table of rows (kind, verb, path shape) is derived from the table of kinds; routes, read-only mode, switched-off
// kinds and authorization follow from it, as routes and reference of the delivery API follow from the table of its operations.
// Every decision that depends on a stored document (who manages it, If-Match, is it equal) is taken in the store's Condition, under its
// write lock. Every handler returns an error, and one place turns errors into answers.
//
// It does not know how resources are delivered, who is calling, or what a page looks like: those are handed to it.
package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

// Options is what the API stands on. Store, Delivery, Texts, Owner and Registry are required; the zero value of the rest means off, empty or none.
type Options struct {
	Store    *store.Store
	Delivery Delivery
	Texts    Texts
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
	// Database describes where resources are kept, for the delivery API; nil for nothing to say.
	Database func() delivery.Database
	// Authorize is asked before the project check, for each resource route; verb is create, read, update or delete, and project is
	// empty for global kinds and for lists over all projects. Its error should be a problem.Failure. nil allows everything.
	Authorize func(r *http.Request, verb, kind, project string) error
	// Token is the bearer token that commands may be sent with (R26). nil means that none is configured; one that is configured and
	// cannot be had now is "", which nobody can send.
	Token func() string
	// Owner reads an owner mark; nil if it says nothing. It is called under the store's write lock, so it must not wait for anyone
	// who waits for the store. Required.
	Owner func(id resource.ID, mark []byte) *delivery.Owner
	// HashPassword makes the stored form of a user's password. Users cannot be written without it.
	HashPassword func(string) (string, error)
	// Plugins is GET /api/v1/plugins, an array of PluginModule resources in JSON; nil for none.
	Plugins []byte
	// Proxy answers everything below Prefix/proxy/, whatever the method; it sets the request's Pattern. nil answers 404.
	Proxy http.Handler
	// UI answers GET and HEAD below Prefix for what is no part of the API. nil answers 404.
	UI http.Handler
}

// CORS is security.cors of the configuration. Empty AllowOrigins allow every origin, empty AllowMethods those the route knows,
// empty AllowHeaders those that the preflight asks for.
type CORS struct {
	AllowOrigins, AllowMethods, AllowHeaders, ExposeHeaders []string
	AllowCredentials                                        bool
	MaxAge                                                  int // seconds
}

// Delivery is what the API must know of delivering. Implementations are safe for concurrent use.
type Delivery interface {
	// Status is the state of all sources; documents only if asked for, by source, origin and index.
	Status(documents bool) delivery.Status
	// Changed is closed at the next change of status.
	Changed() <-chan struct{}
	// Do carries out a command, or with DryRun answers what it would change. The error is of class NotFound for what is not there,
	// Stale for an outdated ID, Invalid for what makes no sense.
	Do(c delivery.Command) (delivery.Preview, error)
	// History is what is kept of a source or a resource. The error is of class NotFound for a source that is not there.
	History(of delivery.Subject) (delivery.History, error)
}

type api struct {
	Options
	mux     *http.ServeMux
	metrics *metrics
	intake  *intake
	zippers sync.Pool    // of *gzip.Writer
	zipping atomic.Int64 // of them in use
	streams atomic.Int64 // of events, open now
	// rest keeps what one write must know of other documents true until it is written: a project that is being deleted
	// gains no documents, and no second default datasource appears between check and write.
	rest sync.RWMutex
}

// New builds the handler. It registers its metrics and those of the process and the Go runtime in Options.Registry.
func New(o Options) (http.Handler, error) {
	if o.Store == nil || o.Delivery == nil || o.Texts == nil || o.Registry == nil || o.Owner == nil {
		return nil, fmt.Errorf("api: Store, Delivery, Texts, Owner and Registry are required")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.TelemetryPath == "" {
		o.TelemetryPath = "/metrics"
	}
	for _, path := range []string{o.Prefix, o.TelemetryPath} {
		if path != "" && !literalPath(path) {
			return nil, fmt.Errorf("api: path %q: expected a leading slash, no trailing one, and none of {, }, ? and %%", path)
		}
	}
	a := &api{Options: o, intake: newIntake()}
	var err error
	if a.metrics, err = newMetrics(o.Registry); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	if a.mux, err = a.routes(); err != nil {
		return nil, err
	}
	return a, nil
}

// literalPath says whether a path can be matched as it is written.
func literalPath(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.HasSuffix(path, "/") && clean(path) && !strings.ContainsAny(path, "{}?% ")
}

func (a *api) authorize(r *http.Request, verb, kind, project string) error {
	if a.Authorize == nil {
		return nil
	}
	return a.Authorize(r, verb, kind, project)
}

func invalid(format string, args ...any) error {
	return problem.New(problem.Invalid, fmt.Sprintf(format, args...))
}
