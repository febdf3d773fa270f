package sidecar

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// dummy is the server of upstream's tests.
func dummy(t *testing.T) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	mux := http.NewServeMux()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.WriteHeader(code)
			io.WriteString(w, http.StatusText(code))
		}
	}
	mux.HandleFunc("/200", status(200))
	mux.HandleFunc("/404", status(404))
	mux.HandleFunc("/500", status(500))
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/200", http.StatusFound) })
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) { io.CopyN(w, zeros{}, maxBody+1) })
	mux.HandleFunc("/secured", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "user1" || password != "p\xe9" {
			w.WriteHeader(401)
			return
		}
		io.WriteString(w, "allowed")
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s, &asked
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestRequests(t *testing.T) {
	s, asked := dummy(t)
	for _, c := range []struct {
		path    string
		environ []string
		code    int // 0: an error
		asked   int32
	}{
		{"/200", nil, 200, 1},
		{"/404", nil, 404, 1},
		{"/500", []string{"REQ_RETRY_TOTAL=3"}, 0, 4},
		{"/500", []string{"ENABLE_5XX=true"}, 500, 1},
		{"/redirect", nil, 200, 1},
		{"/redirect", []string{"ALLOWED_URLS=" + s.URL + "/redirect"}, 0, 0},
		{"/huge", nil, 0, 0},
		{"/secured", nil, 401, 0},
		{"/secured", []string{"REQ_USERNAME=user1", "REQ_PASSWORD=pé"}, 200, 0},
		{"/secured", []string{"REQ_USERNAME=user1", "REQ_PASSWORD=pé", "REQ_BASIC_AUTH_ENCODING=ascii"}, 0, 0},
	} {
		asked.Store(0)
		config := parse(t, append(c.environ, "REQ_RETRY_BACKOFF_FACTOR=0.001")...)
		a, err := newRequester(&config.request, config.allowedURLs).do(context.Background(), "GET", s.URL+c.path, nil)
		code := 0
		if err == nil {
			code = a.code
		} else if strings.Contains(err.Error(), s.URL) || strings.Contains(err.Error(), "pé") {
			t.Errorf("%s: the error tells too much: %v", c.path, err)
		}
		if code != c.code || asked.Load() != c.asked {
			t.Errorf("%s %v: status %d after %d requests, want %d after %d (%v)", c.path, c.environ, code, asked.Load(), c.code, c.asked, err)
		}
	}
}

func TestNoConnection(t *testing.T) {
	s, _ := dummy(t)
	s.Close()
	config := parse(t, "REQ_RETRY_CONNECT=2", "REQ_RETRY_BACKOFF_FACTOR=0")
	_, err := newRequester(&config.request, nil).do(context.Background(), "GET", s.URL, nil)
	var spent *retriesError
	if !errors.As(err, &spent) {
		t.Errorf("%v", err)
	}
}

func TestCredentialFiles(t *testing.T) {
	dir := t.TempDir()
	flag, file := filepath.Join(dir, "flag"), filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte(" of the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := credential(flag, file, "plain"); got != "of the file" {
		t.Error(got)
	}
	if err := os.WriteFile(flag, []byte("of the flag"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := credential(flag, file, "plain"); got != "of the flag" {
		t.Error(got)
	}
	if got := credential("", dir+"/gone", "plain"); got != "plain" {
		t.Error(got)
	}
}

func TestAllowedURLs(t *testing.T) {
	allowed := []string{"https://grafana.com/api/", "http://host:8080"}
	for text, want := range map[string]bool{
		"https://grafana.com/api/dashboards/1": true, "https://grafana.com/api": true, "https://grafana.com/apix": false,
		"http://grafana.com/api/": false, "https://grafana.com.evil.org/api/": false, "https://grafana.com@evil.org/api/": false,
		"https://grafana.com/api/../login": false, "https://grafana.com/api/%2e%2e/login": false,
		"http://host:8080/x": true, "http://host:80800/x": false, "file:///etc/passwd": false, "": false,
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := checkURL(u, &allowed) == nil; got != want {
			t.Errorf("%s: allowed is %v", text, got)
		}
	}
	if u, _ := url.Parse("ftp://host/x"); checkURL(u, nil) == nil {
		t.Error("ftp is allowed")
	}
}
