package api

import (
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
)

// handler answers a request or returns why not; having returned an error it has written nothing, or a body that is cut off.
type handler func(w http.ResponseWriter, r *http.Request) error

// endpoint is a path with its methods.
type endpoint struct {
	api     *api
	path    string
	methods map[string]handler
}

// ServeHTTP answers OPTIONS, answers HEAD as GET, and refuses methods the path does not know.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	out := e.api.newAnswer(w, r)
	defer out.letGo()
	switch handle := e.method(r.Method); {
	case handle != nil:
		e.api.run(out, r, handle)
	case r.Method == http.MethodOptions:
		e.api.options(out, r, e.allow())
	default:
		reply.MethodNotAllowed(out, withHead(e.allow()))
	}
	out.finish()
	e.api.metrics.observe(e.path, r.Method, out.status, time.Since(start))
}

func (e *endpoint) method(name string) handler {
	if name == http.MethodHead {
		name = http.MethodGet
	}
	return e.methods[name]
}

// allow lists the methods in the order that Perses gives them: OPTIONS, then by alphabet.
func (e *endpoint) allow() string {
	names := make([]string, 0, len(e.methods))
	for name := range e.methods {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(append([]string{http.MethodOptions}, names...), ", ")
}

// withHead adds HEAD where GET is allowed. In CORS headers it is left out: browsers never ask before a HEAD.
func withHead(allow string) string {
	return strings.Replace(allow, http.MethodGet, http.MethodGet+", "+http.MethodHead, 1)
}

// options answers OPTIONS, and with it a browser's preflight.
func (a *api) options(w http.ResponseWriter, r *http.Request, allow string) {
	w.Header().Set("Allow", withHead(allow))
	a.CORS.preflight(w, r, allow)
	w.WriteHeader(http.StatusNoContent)
}

// run calls a handler and answers with its error. A body cut off, by an error or a panic, ends the connection,
// so that the client does not take it for a whole one.
func (a *api) run(out *answer, r *http.Request, handle handler) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p == http.ErrAbortHandler:
			panic(p)
		default:
			a.Log.Error("panic while answering", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			a.fail(out, problem.New(problem.Internal, ""))
		}
	}()
	err := handle(out, r)
	if err == nil {
		return
	}
	if problem.ClassOf(err) == problem.Internal && r.Context().Err() == nil {
		a.Log.Error("answer a request", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	a.fail(out, err)
}

func (a *api) fail(out *answer, err error) {
	if out.status != 0 {
		panic(http.ErrAbortHandler)
	}
	reply.Error(out, err)
}
