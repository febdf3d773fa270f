package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/problem"
)

const maxTold = 300 // bytes of what a registry says that are repeated

// explain makes an error that names the place and says what is wrong in words. What the registry itself says is cut and put into one
// line, and queries of addresses are left out: they may be signed.
func (r *Repository) explain(verb, reference string, err error) error {
	if f := (*problem.Failure)(nil); err == nil || errors.As(err, &f) {
		return err
	}
	class, why, cause := r.reason(err)
	return &problem.Failure{Class: class, Detail: fmt.Sprintf("%s %s: %s", verb, r.at(reference), why), Err: cause}
}

// reason finds the class of an error, its words, and what of it callers may test for.
func (r *Repository) reason(err error) (problem.Class, string, error) {
	var (
		answer     *errcode.ErrorResponse
		limited    *limitedError
		credential *credentialError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && !isNet(err):
		return problem.Unavailable, err.Error(), err
	case errors.As(err, &limited):
		return problem.Unavailable, limited.Error(), nil
	case errors.As(err, &credential):
		return problem.Unauthorized, credential.Error(), nil
	case errors.Is(err, errdef.ErrNotFound):
		return problem.NotFound, "there is no such tag or repository, or none that this user may see", artifact.ErrNotFound
	case errors.Is(err, auth.ErrBasicCredentialNotFound):
		return problem.Unauthorized, "the registry wants a login, and there is none for it", nil
	case errors.As(err, &answer):
		return answered(answer)
	}
	return r.unanswered(err)
}

func answered(a *errcode.ErrorResponse) (problem.Class, string, error) {
	said := ""
	if len(a.Errors) > 0 {
		said = ": " + told(a.Errors.Error())
	}
	switch a.StatusCode {
	case http.StatusUnauthorized:
		return problem.Unauthorized, "the registry wants a login, or refuses the one it was given (401)" + said, nil
	case http.StatusForbidden:
		return problem.Forbidden, "the registry does not let this user do that (403)" + said, nil
	case http.StatusNotFound:
		return problem.NotFound, "the registry has no such thing (404)" + said, artifact.ErrNotFound
	case http.StatusRequestEntityTooLarge:
		return problem.Invalid, "it is larger than the registry takes (413)" + said, nil
	case http.StatusTooManyRequests:
		return problem.Unavailable, fmt.Sprintf("rate-limited (429) after %d tries", maxTries) + said, nil
	}
	if passing(a.StatusCode) {
		return problem.Unavailable, fmt.Sprintf("the registry has a problem of its own (%d) after %d tries%s", a.StatusCode, maxTries, said), nil
	}
	return problem.Internal, fmt.Sprintf("the registry answers %d%s", a.StatusCode, said), nil
}

// unanswered explains why there is no answer at all.
func (r *Repository) unanswered(err error) (problem.Class, string, error) {
	var (
		unknown   x509.UnknownAuthorityError
		verifying *tls.CertificateVerificationError
		lookup    *net.DNSError
	)
	host := r.ref.Registry
	switch {
	case errors.Is(err, errPlain):
		return problem.Forbidden, told(innermost(err)), nil
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return problem.Invalid, host + " speaks plain HTTP, which is used only if it is asked for", nil
	case errors.As(err, &unknown):
		return problem.Invalid, "the certificate of " + host + " is signed by an authority that is not trusted here; name the file with its certificate", nil
	case errors.As(err, &verifying):
		return problem.Invalid, "the certificate of " + host + " is not accepted: " + told(verifying.Err.Error()), nil
	case errors.As(err, &lookup):
		return problem.Unavailable, "the name " + host + " is not known: " + told(lookup.Err), nil
	case isNet(err):
		return problem.Unavailable, host + " cannot be reached: " + told(innermost(err)), nil
	}
	return problem.Internal, told(innermost(err)), nil
}

func isNet(err error) bool {
	var network net.Error
	return errors.As(err, &network)
}

// innermost drops the address that a failed request repeats.
func innermost(err error) string {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

var query = regexp.MustCompile(`\?[^\s"']*`)

// told makes what others say fit to be shown.
func told(text string) string {
	text = query.ReplaceAllString(text, "?…")
	text = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, text)
	if len(text) > maxTold {
		text = strings.ToValidUTF8(text[:maxTold], "") + "…"
	}
	return text
}
