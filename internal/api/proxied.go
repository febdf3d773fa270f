package api

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// proxyRoot is below the prefix, where datasources are asked through this server.
const proxyRoot = "/proxy/"

func (a *api) isProxied(r *http.Request) bool {
	return a.Proxy != nil && strings.HasPrefix(r.URL.EscapedPath(), a.Prefix+proxyRoot)
}

// proxied hands a request over with its path as it was sent. Its bodies may take as long as they like, in pieces: it is not
// compressed, and only who accepts or sends nothing for long is cut off.
func (a *api) proxied(w http.ResponseWriter, r *http.Request) {
	start, out := time.Now(), &answer{ResponseWriter: w, api: a}
	if a.CORS != nil && r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		a.options(out, r, "OPTIONS, DELETE, GET, PATCH, POST, PUT")
		return
	}
	control := http.NewResponseController(w)
	_, _ = control.SetWriteDeadline(time.Time{}), control.SetReadDeadline(time.Time{}) // not every connection has any
	sent := *r
	sent.Pattern = proxyRoot + "*"
	if sent.Body != http.NoBody {
		body := &incoming{ReadCloser: r.Body, control: control}
		defer body.end()
		sent.Body = body
	}
	defer func() {
		status := out.status
		if status == 0 {
			status = http.StatusSwitchingProtocols // the connection is not ours any more
		}
		a.metrics.observe(sent.Pattern, r.Method, status, time.Since(start))
	}()
	a.run(out, &sent, func(w http.ResponseWriter, r *http.Request) error {
		a.Proxy.ServeHTTP(w, r)
		return nil
	})
}

// incoming is a body that is read as it is wanted: there is a deadline while a piece is waited for, and none once it is read to its end, since
// net/http takes one that passes while the answer is made for the end of the connection.
type incoming struct {
	io.ReadCloser
	control *http.ResponseController

	mu    sync.Mutex
	ended bool // whoever reads on may outlive the request, and the connection is another one's then
}

// Read implements io.Reader.
func (b *incoming) Read(p []byte) (int, error) {
	b.deadline(time.Now().Add(stall))
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.deadline(time.Time{})
	}
	return n, err
}

func (b *incoming) deadline(at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		_ = b.control.SetReadDeadline(at)
	}
}

func (b *incoming) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
}
