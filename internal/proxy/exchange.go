package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/perseid-dev/perseid/internal/problem"
)

// buffers are what bodies pass through.
type buffers struct{ sync.Pool }

const (
	bufferSize = 32 << 10
	// smallBody is up to where the body of a request is held, in bytes.
	smallBody = 16 << 10
	// flushWithin is how long a piece of an answer may wait for the next one, so that a small answer is one piece. Events never wait.
	flushWithin = 2 * time.Millisecond
)

// Get implements httputil.BufferPool.
func (b *buffers) Get() []byte {
	if kept, ok := b.Pool.Get().(*[bufferSize]byte); ok {
		return kept[:]
	}
	return make([]byte, bufferSize)
}

// Put implements httputil.BufferPool.
func (b *buffers) Put(p []byte) { b.Pool.Put((*[bufferSize]byte)(p)) }

// exchange sends a request on and hands back what is answered.
func (p *Proxy) exchange(w http.ResponseWriter, r *http.Request, way route, t ready) (err error) {
	status := 0
	defer func() { p.metrics.ended(t.plugin, status, err) }()
	if err := p.permit(r, way, t.target); err != nil {
		return err
	}
	authorization, token, err := t.authorization(r.Context(), t.files)
	if err != nil {
		return err
	}
	if r, err = withBody(w, r); err != nil {
		return err
	}
	var failed error
	sent := time.Now()
	forward := httputil.ReverseProxy{
		Transport: t.transport, BufferPool: p.buffers, ErrorLog: p.errors, FlushInterval: flushWithin,
		Rewrite: func(pr *httputil.ProxyRequest) { p.rewrite(pr, t.target, way.rest, authorization) },
		ModifyResponse: func(answer *http.Response) error {
			status = answer.StatusCode
			p.metrics.answered(t.plugin, time.Since(sent))
			t.refused(status, token)
			foreign(answer.Header)
			answer.ContentLength = max(answer.ContentLength, 0) // one that is not known would have every piece flushed
			return nil
		},
		ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err },
	}
	forward.ServeHTTP(w, r)
	if failed != nil {
		return unreachable(way, t.target, failed)
	}
	return nil
}

// withBody prepares the body of a request. A small one, as queries have, is read before: it goes out in one piece with what comes before it, and can
// go out again where a datasource has closed the connection meanwhile. A larger one passes while the answer may begin already. For that net/http
// has to be told: it would take the body away as soon as a datasource answers, and the transport close the connection that the answer comes from.
func withBody(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	switch {
	case r.ContentLength == 0:
		return r, nil
	case r.ContentLength < 0 || r.ContentLength > smallBody:
		_ = http.NewResponseController(w).EnableFullDuplex()
		return r, nil
	}
	data := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, data); err != nil {
		return nil, &problem.Failure{Class: problem.Invalid, Detail: "the body could not be read to its end; send as many bytes as Content-Length says", Err: err}
	}
	out := *r
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	out.Body, _ = out.GetBody()
	return &out, nil
}

// permit decides on what is asked of a datasource. Rules are about the decoded path; a path that can be read in two ways passes none.
func (p *Proxy) permit(r *http.Request, way route, t *target) error {
	if r.Header.Get(hopHeader) == p.id {
		return problem.New(problem.Invalid, fmt.Sprintf("the datasource %q leads back to this server", way.name))
	}
	path, err := url.PathUnescape(way.rest)
	if err != nil || slices.ContainsFunc(strings.FieldsFunc(path, isSeparator), isDots) {
		return problem.New(problem.Invalid, "the path has a segment . or .., which could make it another path than it seems; write it without")
	}
	if path == "" {
		path = "/"
	}
	if !t.permits(r.Method, path) {
		return problem.New(problem.Forbidden, fmt.Sprintf("you are not allowed to use this endpoint %q with the HTTP method %s", path, r.Method))
	}
	return nil
}

func isSeparator(c rune) bool { return c == '/' || c == '\\' }

func isDots(segment string) bool { return segment == "." || segment == ".." }

// refused forgets the token that a datasource did not take.
func (t *target) refused(status int, token *oauth2.Token) {
	if status == http.StatusUnauthorized && token != nil {
		t.tokens.drop(token)
	}
}
