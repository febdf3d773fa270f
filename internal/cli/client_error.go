package cli

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// classOf is what the statuses mean that commands tell apart. Other ones have no class.
func classOf(status int) problem.Class {
	switch {
	case status == http.StatusUnauthorized:
		return problem.Unauthorized
	case status == http.StatusForbidden:
		return problem.Forbidden
	case status == http.StatusNotFound:
		return problem.NotFound
	case status >= http.StatusInternalServerError:
		return problem.Unavailable
	}
	return problem.Internal
}

// refusal is the error of an answer that is no success: what the server says, and where.
func refusal(target *url.URL, answer *http.Response, body []byte) error {
	var said struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(body, &said) // what is not JSON says nothing
	err := fmt.Errorf("%s answered %s", target.Redacted(), answer.Status)
	if message := strings.TrimSpace(printable(said.Message)); message != "" {
		err = fmt.Errorf("%s (%s://%s answered %s)", message, target.Scheme, target.Host, answer.Status)
	}
	return &problem.Failure{Class: classOf(answer.StatusCode), Err: err}
}

// unanswered is the error of a server that gave no answer.
func (c *client) unanswered(err error) error {
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err // its text repeats method and path
	}
	advice := "is it running? --server or PERSEID_SERVER says where"
	if untrusted := (*tls.CertificateVerificationError)(nil); errors.As(err, &untrusted) {
		advice = "--ca-file or PERSEID_CA_FILE names the certificates that vouch for it"
	}
	err = fmt.Errorf("ask %s: %w (%s)", c.base.Redacted(), err, advice)
	return &problem.Failure{Class: problem.Unavailable, Err: err}
}

// isSilence says whether a server gave no answer, or could not give one: asking again may help.
func isSilence(err error) bool { return problem.ClassOf(err) == problem.Unavailable }
