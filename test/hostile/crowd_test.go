package hostile

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/test/input"
)

// ask is one request on a connection that stays open.
func ask(c net.Conn, path string) error {
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

// crowd connects many times, and asks once on each connection.
func (s *server) crowd(n int, path string) []net.Conn {
	s.t.Helper()
	conns := make([]net.Conn, n)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < n; i += 8 {
				c, err := s.dial()
				if err != nil {
					s.t.Error(err)
					return
				}
				_ = ask(c, path) // it may have been let go already
				conns[i] = c
			}
		})
	}
	wg.Wait()
	s.t.Cleanup(func() {
		for _, c := range conns {
			if c != nil {
				_ = c.Close()
			}
		}
	})
	return conns
}

// Five thousand connections that wait cost some kilobytes each, and nobody else anything.
func TestIdleConnections(t *testing.T) {
	n := size(300, 5000)
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil || files.Cur < uint64(n)+200 {
		t.Skipf("this process may open %d files: %v", files.Cur, err)
	}
	s := serve(t, 20, 0)
	before, open := s.memory("VmRSS"), s.descriptors()
	conns := s.crowd(n, "/api/v1/projects")
	s.within(fmt.Sprintf("each of %d idle connections", n), (s.memory("VmRSS")-before)/n, 60)
	for i := 0; i < n; i += max(1, n/50) {
		if err := ask(conns[i], "/livez"); err != nil {
			t.Errorf("connection %d was not kept: %v", i, err)
		}
	}
	if status, _ := s.get("/api/v1/projects/" + input.Project); status != http.StatusOK {
		t.Errorf("somebody else is answered %d", status)
	}
	for _, c := range conns {
		_ = c.Close()
	}
	s.eventually("the descriptors are free", func() bool { return s.descriptors() <= open+5 })
}

// soon is well below the two minutes after which connections that wait are let go anyway.
const soon = 40 * time.Second

// Who only connects cannot use up the descriptors that the database needs.
func TestMoreConnectionsThanDescriptors(t *testing.T) {
	const descriptors = 200
	s := serve(t, 150, descriptors)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.crowd(size(2, 20)*descriptors, "/api/v1/projects")
	}()
	asked := 0
	for crowded := true; crowded || asked < 20; asked++ {
		select {
		case <-done:
			crowded = false
		default:
		}
		started := time.Now()
		body := fmt.Sprintf(`{"kind":"Folder","metadata":{"name":"f%d"},"spec":{}}`, asked)
		listed, _ := s.get("/api/v1/dashboards")
		written, _ := s.do("POST", "/api/v1/projects/"+input.Project+"/folders", body)
		if took := time.Since(started); listed != http.StatusOK || written != http.StatusOK || took > soon {
			t.Fatalf("list and write %d are answered %d and %d after %s", asked, listed, written, took)
		}
	}
	t.Logf("%d lists and writes were answered, with %d descriptors open", asked, s.descriptors())
}

// A list of ten thousand, to many at once of whom most hardly read, is never held whole.
func TestLargeLists(t *testing.T) {
	n := size(300, 10_000)
	s := serve(t, n, 0)
	started := time.Now()
	if status, length := s.get("/api/v1/dashboards"); status != http.StatusOK || length < n*1000 {
		t.Fatalf("%d, %d bytes", status, length)
	}
	t.Logf("one list of %d took %s", n, time.Since(started).Round(time.Millisecond))
	before := s.memory("VmRSS")
	for i := range 100 {
		c, err := s.dial()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "GET /api/v1/dashboards HTTP/1.1\r\nHost: x\r\nAccept-Encoding: %s\r\n\r\n", []string{"gzip", "identity"}[i%2])
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if status, length := s.get("/api/v1/dashboards"); status != http.StatusOK || length < n*1000 {
				t.Errorf("%d, %d bytes", status, length)
			}
		})
	}
	wg.Wait()
	// 64 MiB of answers may be kept, 64 compressors take most of a megabyte each, and the collector lets garbage be as much again.
	s.within(fmt.Sprintf("lists of %d dashboards to 104 readers", n), s.memory("VmHWM")-before, 300<<10)
}

// Bodies made to take memory: each is answered, and together they stay within a bound.
func TestBodiesThatTakeMemory(t *testing.T) {
	s := serve(t, 1, 0)
	before := s.memory("VmRSS")
	const length = 8<<20 - 400
	fill := func(item string) string { return strings.Repeat(item, length/len(item)) }
	specs := map[string]string{
		"numbers":   `{"x":[` + fill(`0,`) + `0]}`,
		"objects":   `{"x":[` + fill(`{},`) + `0]}`,
		"variables": `{"variables":[` + fill(`{},`) + `{}]}`,
		"names":     `{"panels":{` + fill(`"a":0,`) + `"b":0}}`,
		"one text":  `{"display":{"name":"` + fill(`\u0000`) + `"}}`,
	}
	var wg sync.WaitGroup
	started := time.Now()
	for name, spec := range specs {
		for range size(1, 8) {
			wg.Go(func() {
				body := `{"kind":"Dashboard","metadata":{"name":"d","project":"none"},"spec":` + spec + `}`
				if status, _ := s.do("POST", "/api/v1/dashboards", body); status != http.StatusBadRequest && status != http.StatusServiceUnavailable {
					t.Errorf("%s: %d", name, status)
				}
			})
		}
	}
	wg.Wait()
	t.Logf("answered within %s", time.Since(started).Round(time.Millisecond))
	s.within(fmt.Sprintf("%d bodies of 8 MB", size(1, 8)*len(specs)), s.memory("VmHWM")-before, 500<<10)
	if status, _ := s.get("/livez"); status != http.StatusOK {
		t.Errorf("afterwards: %d", status)
	}
}
