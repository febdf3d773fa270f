package server

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// answer is one answer to bytes sent as they are.
type answer struct {
	status  int
	header  http.Header
	body    string
	message string // of an error body
}

// dial opens a connection that a test cannot hang on.
func (w *world) dial() net.Conn {
	w.t.Helper()
	c, err := net.Dial("tcp", w.address)
	w.must(err)
	w.t.Cleanup(func() { _ = c.Close() })
	w.must(c.SetDeadline(time.Now().Add(patience)))
	return c
}

// raw sends bytes as they are and reads all answers until the server closes the connection. The last request is to ask for that.
func (w *world) raw(text string) []answer {
	w.t.Helper()
	c := w.dial()
	_, _ = io.WriteString(c, text) // the server may have closed before all of it is sent
	_ = c.(*net.TCPConn).CloseWrite()
	return w.hear(c, text)
}

func (w *world) hear(c net.Conn, text string) (all []answer) {
	w.t.Helper()
	method, _, _ := strings.Cut(text, " ")
	reader := bufio.NewReader(c)
	for {
		resp, err := http.ReadResponse(reader, &http.Request{Method: method})
		if err != nil {
			return all // the end, or a reset because not all was read
		}
		body, err := io.ReadAll(resp.Body)
		w.must(err)
		a := answer{status: resp.StatusCode, header: resp.Header, body: string(body)}
		var said struct{ Message string }
		_ = json.Unmarshal(body, &said)
		a.message = said.Message
		all = append(all, a)
	}
}

const closing = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"

func get(path string) string { return "GET " + path + closing + "\r\n" }

// post has a Content-Length of its own.
func post(body string, headers ...string) string {
	return "POST /api/v1/projects" + closing + strings.Join(append(headers, ""), "\r\n") + "\r\n" + body
}

func jsonPost(body string) string {
	return post(body, "Content-Type: application/json", fmt.Sprintf("Content-Length: %d", len(body)))
}

// TestHostileRequests: the right status, the error body of Perses with a sentence that helps, nothing written, nobody left behind.
// What breaks HTTP itself is answered by net/http, with a line of text.
func TestHostileRequests(t *testing.T) {
	w := newWorld(t)
	w.config = "database: {file: {extension: json}}\n" + quickPrune
	w.write("a.yaml", projectP+"---\n"+dashboard("d", "D"))
	w.start()
	w.serves("d", "D")
	before := w.tree()
	const ct, chunked = "Content-Type: application/json", "Transfer-Encoding: chunked"
	large := strings.Repeat(" ", 9<<20)
	long := strings.Repeat("a", 50_000)
	for name, c := range map[string]struct {
		send    string
		status  int
		message string // part of it; "" where the body is none of ours
	}{
		"empty body":            {jsonPost(""), 400, "bad request: not JSON: the document ends too early"},
		"no body at all":        {post("", ct), 400, "the document ends too early"},
		"truncated body":        {post(`{"kind":`, ct, "Content-Length: 100"), 400, "could not be read to its end"},
		"not JSON":              {jsonPost("kind: Project"), 400, "bad request: not JSON"},
		"NUL":                   {jsonPost("\x00\x00"), 400, "bad request: a NUL byte"},
		"not an object":         {jsonPost("[]"), 400, "bad request: "},
		"oversized":             {jsonPost(large), 413, "a document may have 8388608 bytes; split it"},
		"oversized, chunked":    {post(fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(large), large), ct, chunked), 413, "a document may have 8388608 bytes"},
		"chunks cut off":        {post("5\r\n{\"kin", ct, chunked), 400, "could not be read to its end"},
		"chunks that are none":  {post("zz\r\n{}\r\n", ct, chunked), 400, "could not be read to its end"},
		"compressed":            {post("\x1f\x8b", ct, "Content-Encoding: gzip", "Content-Length: 2"), 415, "send it uncompressed"},
		"form":                  {post("a=b", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 3"), 415, "send JSON, with Content-Type: application/json"},
		"no type":               {post("{}", "Content-Length: 2"), 415, "send JSON"},
		"nearly the type":       {post("{}", "Content-Type: application/jsonx", "Content-Length: 2"), 415, "send JSON"},
		"deep":                  {jsonPost(strings.Repeat("[", 100_000)), 400, "more than 1000 values inside each other"},
		"project ..":            {get("/api/v1/projects/%2e%2e/dashboards"), 400, `metadata.project ".." doesn't exist`},
		"dots":                  {get("/api/v1/projects/../../etc/passwd"), 404, "document not found"},
		"slashes":               {get("//api/v1//projects"), 404, "document not found"},
		"encoded slashes":       {get("/api/v1/projects/..%2f..%2fetc%2fpasswd"), 404, "document not found"},
		"backslashes":           {get(`/api/v1/projects/..\..\etc`), 404, "document not found"},
		"NUL in a name":         {get("/api/v1/projects/p%00"), 404, "document not found"},
		"overlong UTF-8":        {get("/api/v1/projects/%c0%ae%c0%ae"), 404, "document not found"},
		"bytes that are no URL": {get("/api/v1/projects/\xff\xfe"), 404, "document not found"},
		"long name":             {get("/api/v1/projects/" + long), 404, "document not found"},
		"broken escape":         {get("/api/v1/projects/%zz"), 400, ""},
		"broken query":          {get("/api/v1/projects?name=%zz"), 400, "the query of the URL cannot be read"},
		"delete by a trick":     {"DELETE /api/v1/projects/x%2f..%2fp" + closing + "\r\n", 404, "document not found"},
		"put by a trick":        {strings.Replace(jsonPost(`{"kind":"Project","metadata":{"name":".."},"spec":{}}`), "POST /api/v1/projects", "PUT /api/v1/projects/%2e%2e", 1), 400, `".."`},
		"unknown method":        {"BREW /api/v1/projects" + closing + "\r\n", 405, "Method Not Allowed"},
		"method in lower case":  {"get /api/v1/projects" + closing + "\r\n", 405, "Method Not Allowed"},
		"TRACE":                 {"TRACE /api/v1/projects" + closing + "\r\n", 405, "Method Not Allowed"},
		"CONNECT":               {"CONNECT example.com:443" + closing + "\r\n", 405, "Method Not Allowed"},
		"unknown path":          {get("/wp-login.php"), 404, "document not found"},
		"absolute URI":          {get("http://elsewhere.example/api/v1/projects"), 200, ""},
		"HTTP/1.0":              {"GET /api/v1/projects HTTP/1.0\r\n\r\n", 200, ""},
		"HEAD":                  {"HEAD /api/v1/dashboards" + closing + "\r\n", 200, ""},
		"OPTIONS":               {"OPTIONS /api/v1/projects" + closing + "\r\n", 204, ""},
		"OPTIONS of all":        {"OPTIONS *" + closing + "\r\n", 200, ""},
		"header flood":          {"GET /livez" + closing + strings.Repeat("X-Flood: "+long[:1000]+"\r\n", 100) + "\r\n", 431, ""},
		"two lengths":           {post("{}", ct, "Content-Length: 2", "Content-Length: 3"), 400, ""},
		"length and chunks":     {post("0\r\n\r\n", ct, "Content-Length: 5", chunked), 400, "the document ends too early"},
		"unknown coding":        {post("0\r\n\r\n", ct, "Transfer-Encoding: gzip, chunked"), 501, ""},
		"no host":               {"GET /livez HTTP/1.1\r\n\r\n", 400, ""},
		"HTTP of the future":    {"GET /livez HTTP/3.7\r\nHost: x\r\n\r\n", 505, ""},
		"no HTTP":               {"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400, ""},
		"odd expectation":       {post("{}", ct, "Content-Length: 2", "Expect: the-unexpected"), 417, ""},
	} {
		all := w.raw(c.send)
		if len(all) != 1 || all[0].status != c.status || !strings.Contains(all[0].message, c.message) {
			t.Errorf("%s: %.300q, want %d with %q", name, fmt.Sprint(all), c.status, c.message)
			continue
		}
		a := all[0]
		if c.message != "" && (a.message == "" || a.header.Get("Content-Type") != "application/json" || len(a.body) > 2000) {
			t.Errorf("%s: %d bytes of %s: %.200s", name, len(a.body), a.header.Get("Content-Type"), a.body)
		}
	}
	w.title("d")
	if after := w.tree(); after != before {
		t.Errorf("the database was written to: %s, was %s", after, before)
	}
}

// tree is the documents of the database as one value.
func (w *world) tree() string {
	w.t.Helper()
	h := sha256.New()
	w.must(fs.WalkDir(os.DirFS(w.database), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, stateFolder) {
			return err
		}
		data, err := os.ReadFile(filepath.Join(w.database, path))
		fmt.Fprintf(h, "%q %x\n", path, data)
		return err
	}))
	return fmt.Sprintf("%x", h.Sum(nil))
}

// Requests that are sent without waiting for answers get them in order.
func TestPipelining(t *testing.T) {
	w := newWorld(t).start()
	var text strings.Builder
	const n = 100
	for i := range n {
		fmt.Fprintf(&text, "GET /api/v1/projects/p%d/dashboards HTTP/1.1\r\nHost: x\r\n\r\n", i)
	}
	all := w.raw(text.String() + get("/livez"))
	if len(all) != n+1 {
		t.Fatalf("%d answers, want %d", len(all), n+1)
	}
	for i := range n {
		if want := fmt.Sprintf(`"p%d"`, i); !strings.Contains(all[i].message, want) {
			t.Errorf("answer %d: %s, want one about %s", i, all[i].body, want)
		}
	}
}

// Who sends slowly is cut off, with a sentence where a request was understood; who does nothing is let go.
func TestSlowClients(t *testing.T) {
	w := newWorld(t)
	const short = 200 * time.Millisecond
	w.limits = &limits{header: short, reading: 2 * short, writing: time.Minute, idle: short}
	w.start()
	for name, c := range map[string]struct {
		send   string
		status []int
	}{
		"nothing":     {"", nil},
		"slow header": {"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ", nil},
		"slow body":   {strings.Replace(post(`{"kind":`, "Content-Type: application/json", "Content-Length: 100"), "Connection: close\r\n", "", 1), []int{408}},
		"slow chunks": {post("5\r\n{\"kin", "Content-Type: application/json", "Transfer-Encoding: chunked"), []int{408}},
		"idle":        {"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", []int{200}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c2 := w.dial()
			_, err := io.WriteString(c2, c.send)
			w.must(err)
			var got []int
			for _, a := range w.hear(c2, c.send) {
				got = append(got, a.status)
				if a.status == 408 && !strings.Contains(a.message, "did not arrive in time") {
					t.Errorf("%s", a.body)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(c.status) {
				t.Errorf("answers %v, want %v", got, c.status)
			}
			var timeout net.Error
			if _, err := c2.Read(make([]byte, 1)); errors.As(err, &timeout) && timeout.Timeout() {
				t.Error("the connection is still open")
			}
		})
	}
}

// Clients that leave in the middle of an answer, or of a request, leave nothing behind.
func TestClientsThatLeave(t *testing.T) {
	w := newWorld(t)
	w.config = "database: {file: {extension: json}}\n" + quickPrune
	w.write("p.yaml", projectP)
	const n = 20
	for i := range n {
		w.write(fmt.Sprintf("%d.yaml", i), dashboard(fmt.Sprintf("d%d", i), strings.Repeat("x", 100_000)))
	}
	w.start()
	w.serves(fmt.Sprintf("d%d", n-1), strings.Repeat("x", 100_000))
	http.DefaultClient.CloseIdleConnections()
	files, routines := openFiles(t), runtime.NumGoroutine()
	for i := range 40 {
		c := w.dial()
		encoding := []string{"identity", "gzip"}[i%2]
		switch i % 4 {
		case 0:
			_, _ = io.WriteString(c, post(`{"kind":`, "Content-Type: application/json", "Content-Length: 100"))
		case 1:
			_, _ = io.WriteString(c, "GET /api/delivery/v1/events"+closing+"\r\n")
		default:
			_, _ = io.WriteString(c, "GET /api/v1/dashboards"+closing+"Accept-Encoding: "+encoding+"\r\n\r\n")
			_, _ = io.CopyN(io.Discard, c, 1000)
		}
		_ = c.Close()
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if openFiles(t) <= files && runtime.NumGoroutine() <= routines {
			return
		}
		if time.Now().After(deadline) {
			var stacks bytes.Buffer
			buffer := make([]byte, 1<<20)
			stacks.Write(buffer[:runtime.Stack(buffer, true)])
			t.Fatalf("%d descriptors, were %d; %d goroutines, were %d\n%s", openFiles(t), files, runtime.NumGoroutine(), routines, &stacks)
		}
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(entries)
}
