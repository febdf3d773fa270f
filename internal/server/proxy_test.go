package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// datasourceD is a document of the global datasource d; more are further fields of its proxy, each on a line.
func datasourceD(url string, more ...string) string {
	text := "kind: GlobalDatasource\nmetadata: {name: d}\nspec:\n  plugin:\n    kind: PrometheusDatasource\n    spec:\n      proxy:\n        kind: HTTPProxy\n        spec:\n          url: " + url + "\n"
	for _, line := range more {
		text += "          " + line + "\n"
	}
	return text
}

const toD = "/proxy/globaldatasources/d"

func upstreamOf(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	up := httptest.NewServer(handle)
	t.Cleanup(up.Close)
	return up.URL
}

// TestProxyServes: queries pass in read-only mode too, below a prefix, uncompressed by us, and are counted.
func TestProxyServes(t *testing.T) {
	w := newWorld(t)
	w.config += "security: {readonly: true}\napi_prefix: /perses\n"
	body := `{"status":"success"` + strings.Repeat(" ", 4000) + "}"
	url := upstreamOf(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	})
	w.write("d.yaml", datasourceD(url))
	w.start()
	w.eventually("the datasource", func() bool { status, _ := w.get("/perses" + toD); return status == 200 })
	resp, err := http.Post(w.base+"/perses"+toD+"/api/v1/query", "application/x-www-form-urlencoded", strings.NewReader("query=up"))
	w.must(err)
	defer resp.Body.Close()
	if data, err := io.ReadAll(resp.Body); err != nil || string(data) != body || resp.StatusCode != 200 || resp.Uncompressed {
		t.Errorf("%d %q %v", resp.StatusCode, data, err)
	}
	if status, _ := w.do("POST", "/perses/api/v1/globaldatasources", "{}"); status != 405 {
		t.Errorf("a write in read-only mode: %d", status)
	}
	_, metrics := w.get("/metrics")
	for _, line := range []string{
		`perses_http_request_total{code="200",handler="/proxy/globaldatasources/:name/*",method="POST"} 1`,
		`perseid_proxy_requests_total{code="200",plugin="PrometheusDatasource"}`,
		`perseid_proxy_request_duration_seconds_count{plugin="PrometheusDatasource"}`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %s in the metrics", line)
		}
	}
}

// TestProxyTakesItsTime: neither a slow answer nor a slow question is cut off as long as something moves.
func TestProxyTakesItsTime(t *testing.T) {
	w := newWorld(t)
	w.limits = &limits{header: time.Second, reading: 150 * time.Millisecond, writing: 150 * time.Millisecond, idle: time.Second}
	const pause = 100 * time.Millisecond
	url := upstreamOf(t, func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		for n := range 5 {
			time.Sleep(pause)
			fmt.Fprintf(w, "%d %s\n", n, data)
			_ = http.NewResponseController(w).Flush()
		}
	})
	w.write("d.yaml", datasourceD(url))
	w.start()
	w.eventually("the datasource", func() bool { status, _ := w.get(toD); return status == 200 })
	read, write := io.Pipe()
	go func() {
		for range 5 {
			time.Sleep(pause)
			_, _ = io.WriteString(write, "x")
		}
		write.Close()
	}()
	resp, err := http.Post(w.base+toD, "text/plain", read)
	w.must(err)
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for n := range 5 {
		if want := fmt.Sprintf("%d xxxxx", n); !lines.Scan() || lines.Text() != want {
			t.Fatalf("%q, %v, want %q", lines.Text(), lines.Err(), want)
		}
	}
}

// R26: a datasource on this machine is not a command from this machine.
func TestR26ProxyIsNotLocal(t *testing.T) {
	w := newWorld(t)
	w.start()
	for _, headers := range []string{"", `headers: {X-Forwarded-For: "", X-Real-Ip: "", Connection: "X-Forwarded-For, X-Real-Ip", Content-Type: application/json}`} {
		w.write("d.yaml", datasourceD(w.base+"/api/delivery/v1", headers))
		w.eventually("the command to be refused", func() bool {
			status, body := w.do("POST", toD+"/sources/x/suspend", "{}")
			return status == 403 && strings.Contains(body, "from this machine only")
		})
	}
}

// R34: a file is read for a secret that a source delivered, and not for one that somebody wrote through the API.
func TestR34ProxyReadsFilesForSources(t *testing.T) {
	w, files := newWorld(t), t.TempDir()
	w.must(os.WriteFile(filepath.Join(files, "token"), []byte("t\n"), 0o600))
	w.config = "delivery: {prune: {settle: 100ms, delay: 10ms}, proxy: {secret_directories: [" + files + "]}}\n"
	url := upstreamOf(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Header.Get("Authorization")) })
	w.write("d.yaml", datasourceD(url, "secret: s"))
	w.write("s.yaml", "kind: GlobalSecret\nmetadata: {name: s}\nspec: {authorization: {credentialsFile: "+files+"/token}}\n")
	w.start()
	w.eventually("the token", func() bool { _, body := w.get(toD); return body == "Bearer t" })
	w.remove("s.yaml")
	w.eventually("no secret", func() bool { status, _ := w.get("/api/v1/globalsecrets/s"); return status == 404 })
	secret := `{"kind":"GlobalSecret","metadata":{"name":"s"},"spec":{"authorization":{"credentialsFile":"` + files + `/token"}}}`
	if status, body := w.do("POST", "/api/v1/globalsecrets", secret); status != 200 {
		t.Fatal(status, body)
	}
	if status, body := w.get(toD); status != 403 || !strings.Contains(body, "a secret that a source delivered") {
		t.Errorf("%d %s", status, body)
	}
}

// TestProxySettings: what the configuration says, holds.
func TestProxySettings(t *testing.T) {
	w := newWorld(t)
	w.config = "delivery: {proxy: {deny: [127.0.0.0/8], timeout: 50ms}}\n"
	url := upstreamOf(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	w.write("d.yaml", datasourceD(url))
	w.start()
	w.eventually("the refusal", func() bool {
		status, body := w.get(toD)
		return status == 403 && strings.Contains(body, "127.0.0.1 may not be reached: delivery.proxy.deny names it")
	})
	w.config = "delivery: {proxy: {timeout: 50ms}}\n"
	w.restart()
	w.eventually("the end of patience", func() bool {
		status, body := w.get(toD)
		return status == 504 && strings.Contains(body, "gateway timeout: the datasource \\\"d\\\"")
	})
}

// TestProxyFinishes: a query that is under way when the server stops is answered.
func TestProxyFinishes(t *testing.T) {
	w := newWorld(t)
	asked, stopping := make(chan struct{}), make(chan struct{})
	url := upstreamOf(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/slow" {
			return
		}
		close(asked)
		<-stopping
		select { // the caller must not be said to be gone
		case <-r.Context().Done():
		case <-time.After(200 * time.Millisecond):
			_, _ = io.WriteString(w, "slow")
		}
	})
	w.write("d.yaml", datasourceD(url))
	w.start()
	w.eventually("the datasource", func() bool { status, _ := w.get(toD); return status == 200 })
	answered := make(chan string, 1)
	go func() {
		_, body := w.get(toD + "/slow")
		answered <- body
	}()
	<-asked
	stopped := make(chan error, 1)
	go func() { stopped <- w.stop() }()
	w.eventually("the end of listening", func() bool {
		conn, err := net.Dial("tcp", w.address)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	close(stopping)
	if body := <-answered; body != "slow" {
		t.Errorf("%q", body)
	}
	w.must(<-stopped)
}
