package sidecar

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Bounds of requests.
const (
	maxBody       = 16 << 20 // bytes of an answer that becomes a file
	maxTold       = 4 << 10  // bytes of an answer that is logged
	maxCredential = 64 << 10 // bytes of a file with a user or password
	maxRedirects  = 10
	maxBackoff    = 2 * time.Minute
)

// requester makes HTTP requests with the credentials, time and retries that are configured. It is safe for concurrent use.
type requester struct {
	c      *request
	client *http.Client
}

// errNotAllowed says that ALLOWED_URLS does not list a URL.
var errNotAllowed = errors.New("ALLOWED_URLS does not list it")

// newRequester makes one; allowed, where not nil, lists the beginnings of URLs that may be asked.
func newRequester(c *request, allowed *[]string) *requester {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: c.timeout}).DialContext,
		TLSHandshakeTimeout:   c.timeout,
		ResponseHeaderTimeout: c.timeout,
		MaxIdleConns:          2,
		IdleConnTimeout:       time.Second, // requests are rare
		TLSClientConfig:       &tls.Config{InsecureSkipVerify: c.skipTLSVerify},
	}
	r := &requester{c: c, client: &http.Client{Transport: transport}}
	r.client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if len(via) >= maxRedirects {
			return errors.New("redirected too often")
		}
		return checkURL(next.URL, allowed)
	}
	return r
}

// checkURL wants a URL of HTTP that is allowed. A beginning counts up to a whole element of the path, or the whole host.
func checkURL(u *url.URL, allowed *[]string) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("not a URL of HTTP")
	}
	if allowed == nil {
		return nil
	}
	for _, entry := range *allowed {
		if a, err := url.Parse(entry); err == nil && covers(a, u) {
			return nil
		}
	}
	return errNotAllowed
}

func covers(allowed, u *url.URL) bool {
	want, got := strings.TrimSuffix(allowed.Path, "/"), u.EscapedPath()
	return allowed.Scheme == u.Scheme && strings.EqualFold(allowed.Host, u.Host) && !strings.Contains(u.Path, "..") &&
		(got == want || strings.HasPrefix(got, want+"/"))
}

// answer is what came back.
type answer struct {
	status string // 200 OK
	code   int
	body   []byte
}

// do makes a request until it is answered, or the retries are used up. The error does not quote the URL.
func (r *requester) do(ctx context.Context, method, to string, body []byte) (*answer, error) {
	var connects, reads int
	for try := 0; ; try++ {
		if err := r.pause(ctx, try); err != nil {
			return nil, err
		}
		a, err := r.once(ctx, method, to, body)
		var dial *net.OpError
		switch {
		case err == nil && !r.again(a.code):
			return a, nil
		case ctx.Err() != nil || errors.Is(err, errNotAllowed) || errors.Is(err, errTooLarge) || errors.Is(err, errCredentials):
			return nil, err
		case err == nil: // counts in the total alone
			err = fmt.Errorf("too many answers of status %d", a.code)
		case errors.As(err, &dial) && dial.Op == "dial":
			connects++
		default:
			reads++
		}
		if try >= r.c.total || connects > r.c.connect || reads > r.c.read {
			return nil, &retriesError{err}
		}
	}
}

// retriesError says that a request was tried as often as it may be.
type retriesError struct{ err error }

func (e *retriesError) Error() string { return e.err.Error() }
func (e *retriesError) Unwrap() error { return e.err }

// pause waits before a try: not before the first and second, then the factor times 2, 4, 8 seconds.
func (r *requester) pause(ctx context.Context, try int) error {
	wait := time.Duration(0)
	if try > 1 {
		wait = min(time.Duration(r.c.backoff*float64(int(1)<<min(try-1, 20))*float64(time.Second)), maxBackoff)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}

// again says whether an answer of this status is worth another try.
func (r *requester) again(code int) bool {
	return !r.c.enable5xx && (code == 500 || code == 502 || code == 503 || code == 504)
}

var errTooLarge = fmt.Errorf("the answer has more than %d MiB", maxBody>>20)

func (r *requester) once(ctx context.Context, method, to string, body []byte) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*r.c.timeout) // connect, answer, and the body
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, method, to, strings.NewReader(string(body)))
	if err != nil {
		return nil, errors.New("not a URL of HTTP")
	}
	if len(body) > 0 {
		q.Header.Set("Content-Type", "application/json")
	}
	if err := r.authenticate(q); err != nil {
		return nil, err
	}
	p, err := r.client.Do(q)
	if err != nil {
		return nil, plain(err)
	}
	defer p.Body.Close()
	data, err := io.ReadAll(io.LimitReader(p.Body, maxBody+1))
	if err == nil && len(data) > maxBody {
		err = errTooLarge
	}
	return &answer{status: p.Status, code: p.StatusCode, body: data}, err
}

// plain takes the URL, which may hold a password, out of an error.
func plain(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

var errCredentials = errors.New("the credentials cannot be sent")

// authenticate adds user and password if there are both.
func (r *requester) authenticate(q *http.Request) error {
	user := credential(r.c.userFlag, r.c.userFile, r.c.user)
	password := credential(r.c.passwordFlag, r.c.passwordFile, r.c.password)
	if user == "" || password == "" {
		return nil
	}
	user, err := r.c.encoding.encode(user)
	if err == nil {
		password, err = r.c.encoding.encode(password)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errCredentials, err)
	}
	q.SetBasicAuth(user, password)
	return nil
}

// credential reads the file of a flag, or else of a variable, or else takes the value as it is. A file that cannot be read does not count.
func credential(flag, file, value string) string {
	for _, path := range []string{flag, file} {
		if path == "" {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(f, maxCredential))
		f.Close()
		if err == nil {
			return strings.TrimSpace(string(data))
		}
	}
	return value
}

// excerpt is the beginning of an answer, for the log.
func excerpt(body []byte) string {
	if len(body) > maxTold {
		return strings.ToValidUTF8(string(body[:maxTold]), "") + "…"
	}
	return strings.ToValidUTF8(string(body), "�")
}
