package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestPaths: what follows the datasource arrives as it was sent, encoded slashes and all.
func TestPaths(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, echo)
	for _, c := range []struct{ url, path, want string }{
		{up.URL, "/api/v1/query?query=up%7Bjob%3D%22a%22%7D&time=1", "/api/v1/query?query=up%7Bjob%3D%22a%22%7D&time=1"},
		{up.URL, "", "/"},
		{up.URL, "/", "/"},
		{up.URL, "/a/", "/a/"},
		{up.URL, "//a//b", "//a//b"},
		{up.URL, "/label/a%2Fb/values", "/label/a%2Fb/values"},
		{up.URL, "/%C3%A9%20x", "/%C3%A9%20x"},
		{up.URL, "/x?a;b=%zz", "/x?a;b=%zz"},
		{up.URL + "/prom", "/api", "/prom/api"},
		{up.URL + "/prom/", "/api", "/prom/api"},
		{up.URL + "/prom", "", "/prom"},
		{up.URL + "/prom/", "", "/prom/"},
		{up.URL + "/a%2Fb", "/c", "/a%2Fb/c"},
		{up.URL + "?tenant=x", "/api?y=1", "/api?tenant=x&y=1"},
		{up.URL + "?tenant=x", "/api", "/api?tenant=x"},
	} {
		w.datasource(c.url)
		w.says(200, "GET "+c.want, "GET", toD+c.path)
	}
	w.datasource(up.URL)
	if a := w.raw("/label/a%2fb|%7B/values"); a.body != "GET /label/a%2fb%7C%7B/values" {
		t.Errorf("a path that is not encoded as it should be: %q", a.body)
	}
	for _, path := range []string{"/../x", "/a/..", "/%2e%2e/x", "/a%2F..%2Fx", "/..%5Cx", "/./x"} {
		// An http.Client would clean some of these: they are sent as they stand.
		w.raw(path).refused(t, 400, "segment . or ..")
	}
}

// raw asks for a path that is written on the wire as it is.
func (w *world) raw(path string) answered {
	w.t.Helper()
	r, err := http.NewRequest("GET", w.url, nil)
	must(w.t, err)
	r.URL.Opaque = toD + path
	resp, err := http.DefaultClient.Do(r)
	must(w.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	must(w.t, err)
	return answered{resp.StatusCode, resp.Header, string(data)}
}

func TestMethodsAndBodies(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", r.Method+" "+r.Header.Get("Content-Type")+" "+string(body))
		w.WriteHeader(http.StatusTeapot)
	})
	w.datasource(up.URL)
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"} {
		a := w.do(method, toD+"/x", "query=up", "Content-Type: application/x-www-form-urlencoded")
		if want := method + " application/x-www-form-urlencoded query=up"; a.status != 418 || a.header.Get("X-Seen") != want {
			t.Errorf("%s: %d %q", method, a.status, a.header.Get("X-Seen"))
		}
	}
}

// TestAllowedEndpoints: a pattern is looked for anywhere in the decoded path, and belongs to a method.
func TestAllowedEndpoints(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, echo)
	w.datasource(up.URL, `"allowedEndpoints":[{"endpointPattern":"/api/v1/query","method":"POST"},{"endpointPattern":"^/label/[a-z/]+/values$","method":"GET"}]`)
	w.says(200, "POST /api/v1/query_range", "POST", toD+"/api/v1/query_range")
	w.says(200, "GET /label/a%2Fb/values", "GET", toD+"/label/a%2Fb/values")
	w.get(toD+"/api/v1/query").refused(t, 403, `forbidden access: you are not allowed to use this endpoint "/api/v1/query" with the HTTP method GET`)
	w.do("POST", toD+"/other", "").refused(t, 403, `endpoint "/other" with the HTTP method POST`)
	w.get(toD).refused(t, 403, `endpoint "/" with`)
}

// TestStreaming: each piece arrives when it is sent, both ways at once.
func TestStreaming(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		_ = control.EnableFullDuplex()
		w.Header().Set("Trailer", "X-End")
		_ = control.Flush()
		piece := make([]byte, 4)
		for {
			if _, err := io.ReadFull(r.Body, piece); err != nil {
				break
			}
			_, _ = w.Write(piece)
			_ = control.Flush()
		}
		w.Header().Set("X-End", "whole")
	})
	w.datasource(up.URL)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	read, write := io.Pipe()
	r, err := http.NewRequestWithContext(ctx, "POST", w.url+toD, read)
	must(t, err)
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	defer resp.Body.Close()
	piece := make([]byte, 4)
	for n := range 3 {
		sent := fmt.Sprintf("%04d", n)
		_, err := io.WriteString(write, sent)
		must(t, err)
		if _, err := io.ReadFull(resp.Body, piece); err != nil || string(piece) != sent {
			t.Fatalf("sent %q, got %q, %v", sent, piece, err)
		}
	}
	must(t, write.Close())
	if rest, err := io.ReadAll(resp.Body); err != nil || len(rest) > 0 || resp.Trailer.Get("X-End") != "whole" {
		t.Errorf("%q, %v, trailer %v", rest, err, resp.Trailer)
	}
}

// TestCancellation: a datasource hears that nobody waits any more, before it answered and while it does.
func TestCancellation(t *testing.T) {
	for _, begun := range []bool{false, true} {
		w, asked, gone := newWorld(t), make(chan struct{}), make(chan struct{})
		up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
			if begun {
				_, _ = io.WriteString(w, "begun")
				_ = http.NewResponseController(w).Flush()
			}
			close(asked)
			<-r.Context().Done()
			close(gone)
		})
		w.datasource(up.URL)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			r, _ := http.NewRequestWithContext(ctx, "GET", w.url+toD, nil)
			if resp, err := http.DefaultClient.Do(r); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		}()
		waited(t, "asked", asked)
		cancel()
		waited(t, "gone", gone)
		waited(t, "ended", ended)
	}
}

// TestCutOff: an answer that ends too soon does not look whole.
func TestCutOff(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	w.datasource(up.URL)
	resp, err := http.Get(w.url + toD)
	must(t, err)
	defer resp.Body.Close()
	if data, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("%d bytes, and no error", len(data))
	}
}

// TestEarlyAnswers: a datasource that answers before it has read what it is sent, or without reading it, is heard to the end.
func TestEarlyAnswers(t *testing.T) {
	w := newWorld(t)
	body := strings.Repeat("x", 100_000)
	up := upstream(t, func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		_, _ = io.WriteString(w, body)
	})
	w.datasource(up.URL)
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(time.Now().Add(patience)))
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\nfirst", toD, smallBody+1)
	must(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	defer resp.Body.Close()
	if data, err := io.ReadAll(resp.Body); err != nil || string(data) != body {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

// TestOneWrite: a query arrives in one piece, so that the datasource wakes up once for it.
func TestOneWrite(t *testing.T) {
	w := newWorld(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	read := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		piece := make([]byte, 64<<10)
		n, _ := conn.Read(piece)
		read <- string(piece[:n])
		_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
	}()
	w.datasource("http://" + listener.Addr().String())
	if a := w.do("POST", toD, "query=up", "Expect: 100-continue"); a.status != 204 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if got := <-read; !strings.HasPrefix(got, "POST / HTTP/1.1\r\n") || !strings.HasSuffix(got, "\r\nquery=up") {
		t.Errorf("the first piece is %q", got)
	}
}
