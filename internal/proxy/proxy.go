// Package proxy carries requests from browsers to the datasources that a stored document names (contracts: perses.md §2.10).
//
// Three ideas. A datasource is looked up for every request, by one stat each for it and its secret, so a change counts at once; what is kept
// between requests is a target: connections, credentials, compiled rules, held as long as all that it was made of stays the same.
// The guard decides where connections may go when they are made, on the address itself, after names were resolved: no name, redirect or second
// answer of a name server leads around it. And what belongs to this server stays here: cookies and tokens of the caller are not sent
// on, cookies and permissions of the datasource are not handed out under our name.
//
// Bodies pass through in pieces, both ways, and are never held. It follows no redirect, caches no answer, knows no query language, and
// speaks HTTP only: for datasources behind SQL it says that it cannot.
package proxy

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
	"github.com/perseid-dev/perseid/internal/store"
)

// maxRequests is how many requests are under way at once: each holds a connection to a datasource.
const maxRequests = 2048

// lastWhile is how long requests may go on when the server stops: queries end by then, and what has no end is cut off.
const lastWhile = 15 * time.Second

const onlyPost = "OPTIONS, POST"

// Options is what the proxy stands on. Store and Registry are required; the zero value of the rest means off, empty or none.
type Options struct {
	Store    *store.Store
	Registry *prometheus.Registry
	Log      *slog.Logger

	Prefix         string // api_prefix, with leading and without trailing slash
	CaseSensitive  bool
	Disabled       map[string]bool // kinds (by name) that are not served
	NoLocalSources bool            // datasource.disable_local
	// Authorize is asked before anything is looked up, as in package api; nil allows everything.
	Authorize func(r *http.Request, verb, kind, project string) error
	// AllowOrigin says whether a page of another origin may have requests sent on that could change something; nil is for none.
	AllowOrigin func(origin string) bool

	// Allow and Deny say what may be connected to, beyond what is refused by default.
	Allow, Deny Destinations
	// Timeout bounds the time until the answer of a datasource begins; zero is for ever.
	Timeout time.Duration
	// SecretDirectories are where files that secrets name may lie (DELIVERY R34), and Trusted says which secrets may name any; nil is for none.
	SecretDirectories []string
	Trusted           func(secret *store.Entry) bool
	// Stopping ends when the server does, and the contexts of requests with it: what is under way is then given a while. nil is for never.
	Stopping context.Context
	// Resolver finds the addresses of names; nil is that of the system.
	Resolver *net.Resolver
}

// Proxy is an http.Handler for everything below Prefix + Root. It sets the request's Pattern. Close it after the last request.
type Proxy struct {
	Options
	guard   *guard
	targets *targets
	metrics *metrics
	buffers *buffers
	errors  *log.Logger   // of net/http
	slots   chan struct{} // holds a token for each request under way
	unsaved chan struct{} // and for each whose body is held
	id      string        // tells our own requests, coming back, from those of others
}

// New makes a proxy. It registers its metrics in Options.Registry.
func New(o Options) (*Proxy, error) {
	if o.Store == nil || o.Registry == nil {
		return nil, fmt.Errorf("proxy: Store and Registry are required")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	m, err := newMetrics(o.Registry)
	if err != nil {
		return nil, fmt.Errorf("register metrics of the proxy: %w", err)
	}
	return &Proxy{
		Options: o, guard: &guard{allow: o.Allow, deny: o.Deny, resolver: o.Resolver, outgoing: http.ProxyFromEnvironment}, targets: newTargets(maxTargets), metrics: m,
		buffers: &buffers{}, errors: slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
		slots: make(chan struct{}, maxRequests), unsaved: make(chan struct{}, maxUnsavedBodies), id: rand.Text(),
	}, nil
}

// Close lets go of idle connections.
func (p *Proxy) Close() error {
	p.targets.clear()
	return nil
}

// ServeHTTP implements http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	way, ok := p.route(r)
	if !ok {
		reply.Error(w, problem.New(problem.NotFound, ""))
		return
	}
	r.Pattern = way.pattern()
	if way.unsaved && r.Method != http.MethodPost {
		reply.MethodNotAllowed(w, onlyPost)
		return
	}
	ctx, cancel := p.outlast(r.Context())
	defer cancel()
	r = r.WithContext(ctx)
	if err := p.serve(w, r, way); err != nil {
		p.fail(w, r, err)
	}
}

// outlast is a context that ends with another one, but a while later where that ended because the server stops.
func (p *Proxy) outlast(ctx context.Context) (context.Context, context.CancelFunc) {
	if p.Stopping == nil {
		return ctx, func() {}
	}
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if p.Stopping.Err() != nil {
			select {
			case <-time.After(lastWhile):
			case <-out.Done():
			}
		}
		cancel()
	})
	return out, func() { stop(); cancel() }
}

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request, way route) error {
	if err := p.admit(r, way); err != nil {
		return err
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	default:
		return problem.New(problem.Unavailable, "too many requests to datasources are under way, try again")
	}
	if way.unsaved {
		return p.serveUnsaved(w, r, way)
	}
	t, err := p.find(way)
	if err != nil {
		return err
	}
	return p.exchange(w, r, way, t)
}
