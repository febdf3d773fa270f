package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
)

// statusGone is what is counted for a caller who did not wait.
const statusGone = 499

// fail answers with an error.
func (p *Proxy) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case r.Context().Err() != nil:
		w.WriteHeader(statusGone)
		return
	case errors.Is(err, errSQL) && r.Method != http.MethodPost:
		reply.MethodNotAllowed(w, onlyPost)
		return
	}
	switch problem.ClassOf(err) {
	case problem.Internal:
		p.Log.Error("answer for a datasource", "path", r.URL.Path, "error", err)
	case problem.Upstream, problem.Late:
		p.Log.Debug("a datasource did not answer", "path", r.URL.Path, "error", err, "cause", errors.Unwrap(err))
	}
	reply.Told(w, err)
}

// unreachable says why a datasource gave no answer. It names the host, which the datasource's readers know, and nothing else of the URL.
func unreachable(way route, t *target, err error) error {
	class := problem.Upstream
	switch {
	case errors.As(err, new(*refusal)):
		class = problem.Forbidden
	case late(err):
		class = problem.Late
	}
	return &problem.Failure{Class: class, Detail: fmt.Sprintf("the datasource %q at %s: %s", way.name, t.url.Host, said(err)), Err: err}
}

func late(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

// said is what may be told of an error of a connection.
func said(err error) string {
	var refused *refusal
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.As(err, &name) && name.IsNotFound:
		return "no such host " + name.Name
	case errors.As(err, &certificate):
		return "its certificate cannot be verified: " + certificate.Err.Error()
	case errors.As(err, &record):
		return "it does not speak TLS; write http:// instead of https://"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case late(err):
		return "it did not answer in time"
	}
	return "it cannot be reached, or closed the connection"
}
