package registry

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Fault is what goes wrong with one answer.
type Fault struct {
	Status     int    // answered in place of the answer
	RetryAfter string // the header of that name
	Body       string
	Cut        int64         // bytes of the answer's body after which the connection ends; 0 for all of them
	Drop       bool          // the connection ends at once
	Delay      time.Duration // before the answer, unless the asker goes away
	Location   string        // the header of that name, as of a registry that sends its clients elsewhere
}

// on lets the fault happen; nil if there is nothing left to answer.
func (f *Fault) on(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
		}
	}
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	if f.Location != "" {
		w.Header().Set("Location", f.Location)
	}
	switch {
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		_, _ = io.Copy(io.Discard, r.Body) // or the server lingers over what nobody read
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, f.Body)
		return nil
	case f.Cut > 0:
		return &cutter{ResponseWriter: w, left: f.Cut}
	}
	return w
}

// cutter ends the connection after some bytes of the body.
type cutter struct {
	http.ResponseWriter
	left int64
}

func (c *cutter) Write(p []byte) (int, error) {
	if int64(len(p)) < c.left {
		c.left -= int64(len(p))
		return c.ResponseWriter.Write(p)
	}
	_, _ = c.ResponseWriter.Write(p[:c.left])
	_ = http.NewResponseController(c.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// counter counts the bytes of an answer's body.
type counter struct {
	http.ResponseWriter
	n      int64
	status int
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n += int64(n)
	return n, err
}

func (c *counter) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// counted counts the bytes of a request's body.
type counted struct {
	io.ReadCloser
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n += int64(n)
	return n, err
}

// Auth asks for a user and a password, at once or by way of a token.
type Auth struct {
	// Check says whether a user may enter; it may be told another password at any time.
	Check func(user, password string) bool
	// Bearer asks for a token, which the registry itself gives at /token.
	Bearer bool
	// Realm is where the token is to be had in place of /token here.
	Realm string
}

func (a *Auth) admits(w http.ResponseWriter, r *http.Request) bool {
	if !a.Bearer {
		if user, password, ok := r.BasicAuth(); ok && a.Check(user, password) {
			return true
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
		fail(w, http.StatusUnauthorized, "UNAUTHORIZED")
		return false
	}
	if r.URL.Path == "/token" {
		a.token(w, r)
		return false
	}
	if a.bears(r.Header.Get("Authorization")) {
		return true
	}
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm=%q,service="test"`, a.realm(r)))
	fail(w, http.StatusUnauthorized, "UNAUTHORIZED")
	return false
}

// token gives a token, which names its user and is good for as long as the password is.
func (a *Auth) token(w http.ResponseWriter, r *http.Request) {
	user, password, ok := r.BasicAuth()
	if !ok || !a.Check(user, password) {
		fail(w, http.StatusUnauthorized, "UNAUTHORIZED")
		return
	}
	sendJSON(w, "application/json", map[string]string{"token": base64.StdEncoding.EncodeToString([]byte(user + ":" + password))})
}

func (a *Auth) bears(authorization string) bool {
	given, ok := strings.CutPrefix(authorization, "Bearer ")
	text, err := base64.StdEncoding.DecodeString(given)
	user, password, _ := strings.Cut(string(text), ":")
	return ok && err == nil && a.Check(user, password)
}

func (a *Auth) realm(r *http.Request) string {
	switch {
	case a.Realm != "":
		return a.Realm
	case r.TLS != nil:
		return "https://" + r.Host + "/token"
	}
	return "http://" + r.Host + "/token"
}
