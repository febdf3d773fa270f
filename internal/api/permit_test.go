package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/perseid-dev/perseid/internal/problem"
)

const (
	fromHere  = "forbidden access: commands are taken from this machine only: to send them from elsewhere, configure delivery.api.token_file"
	needToken = "unauthorized: commands need the bearer token of delivery.api.token_file"
)

// R26: with neither permissions nor a token, commands are taken from this machine, by programs that meant it.
func TestR26FromThisMachineOnly(t *testing.T) {
	w := newDelivering(t)
	for _, path := range []string{atSource + "other/reconcile", atSource + "other/suspend", atDashboard + "unlock", atDashboard + "undo"} {
		w.do("POST", path, "{}")
		w.refused(415, notJSON, "POST", path, "", "Content-Type: text/plain")
		w.refused(415, notJSON, "POST", path, "")
		for _, header := range []string{"X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.1", "Via: 1.1 proxy", "X-Real-Ip: 10.0.0.1", "Host: rebound.example"} {
			w.refused(403, fromHere, "POST", path, "{}", header)
		}
		w.refused(403, fromHere, "POST", path, "{}", "Authorization: Bearer anything", "Via: 1.1 proxy")
	}
	if len(w.delivery.done) != 4 {
		t.Errorf("%d commands carried out, want the 4 that came from here", len(w.delivery.done))
	}
}

func TestR26Token(t *testing.T) {
	token := "hush"
	w := newDelivering(t, func(o *Options) { o.Token = func() string { return token } })
	const path = atSource + "other/reconcile"
	// From anywhere, and a webhook sends what it likes.
	w.must(202, "POST", path, "push=1", "Authorization: Bearer hush", "X-Forwarded-For: 10.0.0.1", "Content-Type: application/x-www-form-urlencoded")
	w.must(202, "POST", path, "", "Authorization: bearer  hush", "Host: perses.example.com")
	for _, header := range []string{"Authorization: Bearer hus", "Authorization: Bearer hushh", "Authorization: Bearer ", "Authorization: Basic hush", "X-None: x"} {
		w.refused(401, needToken, "POST", path, "{}", header)
	}
	w.refused(415, notJSON, "POST", path, "x", "Content-Type: text/plain")
	token = "" // it cannot be read any more
	for _, header := range []string{"Authorization: Bearer hush", "Authorization: Bearer ", "X-None: x"} {
		w.refused(401, needToken, "POST", path, "{}", header)
	}
	if len(w.delivery.done) != 2 {
		t.Errorf("%d commands carried out, want 2", len(w.delivery.done))
	}
}

func TestR26Permission(t *testing.T) {
	asked := ""
	authorize := func(r *http.Request, verb, kind, project string) error {
		asked = verb + " " + kind + " " + project
		if r.Header.Get("X-User") == "jane" {
			return nil
		}
		return problem.New(problem.Forbidden, "missing permission")
	}
	w := newDelivering(t, func(o *Options) { o.Authorize, o.Token = authorize, func() string { return "hush" } })
	for path, want := range map[string]string{
		atSource + "other/suspend": "update Project ",
		atDashboard + "unlock":     "update Dashboard p",
		atProject + "undo":         "update Project ",
	} {
		w.must(200, "POST", path, "{}", "X-User: jane", "Via: 1.1 proxy")
		if asked != want {
			t.Errorf("%s asks for %q, want %q", path, asked, want)
		}
		w.must(200, "POST", path, "{}", "Authorization: Bearer hush")
		w.refused(403, "forbidden access: missing permission", "POST", path, "{}")
		w.refused(403, "forbidden access: missing permission", "POST", path, "{}", "Authorization: Bearer of-jane")
		w.refused(415, notJSON, "POST", path, "", "X-User: jane")
	}
}

func TestLocal(t *testing.T) {
	for peer, want := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true, "10.0.0.1:1": false, "@": false} {
		r := httptest.NewRequest("POST", "http://localhost:8080/", nil)
		r.RemoteAddr = peer
		if local(r) != want {
			t.Errorf("%s: %t, want %t", peer, !want, want)
		}
	}
}
