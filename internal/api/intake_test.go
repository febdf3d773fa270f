package api

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/perseid-dev/perseid/internal/problem"
)

const notJSON = "unsupported media type: send JSON, with Content-Type: application/json"

// A body that is compressed has no bound that could be told before it is unpacked.
func TestCompressedBodies(t *testing.T) {
	w := newWorld(t)
	var bomb strings.Builder
	z := gzip.NewWriter(&bomb)
	_, _ = io.CopyN(z, zeros{}, 10<<20)
	_ = z.Close()
	for _, path := range []string{"/api/v1/projects", "/api/validate/dashboards", "/api/v1/view"} {
		w.refused(415, `unsupported media type: the body has Content-Encoding "gzip"; send it uncompressed`, "POST", path, bomb.String(), "Content-Encoding: gzip")
	}
	w.must(200, "POST", "/api/v1/projects", `{"kind":"Project","metadata":{"name":"p"},"spec":{}}`, "Content-Encoding: identity")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// However many send at once, what is held of bodies is bounded, and given back.
func TestBodiesAreBounded(t *testing.T) {
	in := newIntake()
	send := func(body io.Reader) ([]byte, func(), error) {
		return in.body(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", body))
	}
	in.received.Store(maxReceived - 10)
	if _, _, err := send(strings.NewReader("more than ten bytes")); problem.ClassOf(err) != problem.Unavailable {
		t.Errorf("no room: %v", err)
	}
	data, done, err := send(strings.NewReader("ten bytes."))
	if string(data) != "ten bytes." || err != nil {
		t.Fatalf("%q %v", data, err)
	}
	done()
	if _, _, err := send(iotest.ErrReader(io.ErrUnexpectedEOF)); problem.ClassOf(err) != problem.Invalid {
		t.Errorf("cut off: %v", err)
	}
	if _, _, err := send(io.LimitReader(zeros{}, maxBody+1)); problem.ClassOf(err) != problem.TooLarge && problem.ClassOf(err) != problem.Unavailable {
		t.Errorf("too large: %v", err)
	}
	if got := in.received.Load(); got != maxReceived-10 {
		t.Errorf("%d bytes are held, want what was there before", got)
	}
}

// Large bodies are worked on one after another; who waits for that is let go when the client is gone, and small ones do not wait.
func TestHeavyBodiesTakeTurns(t *testing.T) {
	in := newIntake()
	large := func() *http.Request {
		return httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", io.LimitReader(zeros{}, heavyBody))
	}
	var working, most int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, done, err := in.body(httptest.NewRecorder(), large())
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			working++
			most = max(most, working)
			mu.Unlock()
			time.Sleep(time.Millisecond) // stands for the work
			mu.Lock()
			working--
			mu.Unlock()
			done()
		})
	}
	wg.Wait()
	if most > heavyBodies || in.received.Load() != 0 {
		t.Errorf("%d at once, %d bytes still held", most, in.received.Load())
	}
	for range heavyBodies {
		in.heavy <- struct{}{}
	}
	if _, done, err := in.body(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader("{}"))); err != nil {
		t.Error(err)
	} else {
		done()
	}
}

// Many values in few bytes: [0,0,0,…] took three hundred times its size.
func TestValuesAreBounded(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	body := strings.Replace(dashboard("p", "d", ""), `"panels":{}`, `"panels":{},"x":[`+strings.Repeat("0,", 1_000_000)+`0]`, 1)
	a := w.must(400, "POST", "/api/v1/dashboards", body)
	if !strings.Contains(a.body, "more than 1000000 values in one file") {
		t.Errorf("%.200s", a.body)
	}
}

// Clients that take no more of an answer keep a few compressors at most, and give them back.
func TestZippersAreBounded(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "long", strings.Repeat("long ", 2000)))
	a := w.handler.(*api)
	a.zipping.Add(maxZippers)
	if got := w.get("/api/v1/dashboards", "Accept-Encoding: gzip"); got.header.Get("Content-Encoding") != "" || !strings.HasPrefix(got.header.Get("ETag"), `"`) || len(got.body) < 10000 {
		t.Errorf("with all compressors in use: %v, %d bytes", got.header, len(got.body))
	}
	a.zipping.Add(-1)
	if got := w.get("/api/v1/dashboards", "Accept-Encoding: gzip"); got.header.Get("Content-Encoding") != "gzip" {
		t.Errorf("with one compressor left: %v", got.header)
	}
	aborted := &endpoint{api: a, path: "/x", methods: map[string]handler{"GET": func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, strings.Repeat(" ", gzipFrom))
		return fmt.Errorf("cut off")
	}}}
	func() {
		defer func() { _ = recover() }()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/x", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		aborted.ServeHTTP(httptest.NewRecorder(), r)
	}()
	if got := a.zipping.Load(); got != maxZippers-1 {
		t.Errorf("%d compressors in use, want none more than before", got)
	}
}

// The head of a list is made without its body.
func TestHeadOfAListReadsNoDocument(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/api/v1/projects", nil)
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r)
	if out.Code != 200 || out.Body.Len() != 0 || out.Header().Get("ETag") == "" {
		t.Errorf("%d %q %v", out.Code, out.Body, out.Header())
	}
}

// A filter that cannot be read is not left out: the answer would be a list of what nobody asked for.
func TestMalformedQuery(t *testing.T) {
	w := newWorld(t)
	for _, query := range []string{"project=%zz", "project=p;name=x", "name=%"} {
		if a := w.get("/api/v1/dashboards?" + query); a.status != 400 || !strings.Contains(a.body, "the query of the URL cannot be read") {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
}

// A client that takes its answer slowly gets all of it, as long as it goes on: the deadline of writing is put off again and again.
func TestSlowReaders(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	const n = 60
	for i := range n {
		w.must(200, "POST", "/api/v1/dashboards", dashboard("p", fmt.Sprintf("d%02d", i), strings.Repeat("x", 100_000)))
	}
	server := httptest.NewUnstartedServer(w.handler)
	server.Config.WriteTimeout = 200 * time.Millisecond
	server.Start()
	defer server.Close()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.(*net.TCPConn).SetReadBuffer(64 << 10)
	fmt.Fprint(c, "GET /api/v1/dashboards HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	time.Sleep(3 * server.Config.WriteTimeout)
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if data, err := io.ReadAll(answer.Body); err != nil || len(data) < n*100_000 {
		t.Errorf("%d bytes: %v", len(data), err)
	}
}
