package examples_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/kube/kubetest"
	"github.com/perseid-dev/perseid/internal/server"
	"github.com/perseid-dev/perseid/internal/sidecar"
)

// TestMetrics holds the dashboards of Perseid to metrics that it exports: the server, with TLS so that none is left out, and the sidecar.
// Whether their queries are PromQL, and find something, is asked of Prometheus' own engine: see demo/.
func TestMetrics(t *testing.T) {
	base := serve(t, pair(t))
	use(t, base)
	exported := get(t, base+"/metrics") + runSidecar(t)
	for _, path := range glob(t, "perseid/dashboards/*.yaml") {
		asked := metricsAsked(t, path)
		if len(asked) < 3 {
			t.Errorf("%s: only %d metrics found: %v", path, len(asked), asked)
		}
		for name := range asked {
			if !has(exported, name) {
				t.Errorf("%s asks for %s, which neither the server nor the sidecar exports", path, name)
			}
		}
	}
}

// has says whether a metric is among the exported. Families of histograms and summaries have samples of other names.
func has(exported, name string) bool {
	return strings.Contains(exported, "# TYPE "+name+" ") || strings.Contains(exported, "\n"+name+"{") || strings.Contains(exported, "\n"+name+" ")
}

// metricsAsked finds the metrics in a dashboard. Every name in its queries is followed by a selector.
func metricsAsked(t *testing.T, path string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, m := range regexp.MustCompile(`\b((?:perseid|perses|process|go)_\w+)\{`).FindAllStringSubmatch(string(text), -1) {
		asked[m[1]] = true
	}
	return asked
}

// use does what some metrics count: they are not exported before they have something to tell.
func use(t *testing.T, base string) {
	t.Helper()
	post(t, base+"/api/v1/view", `{"project": "perseid", "dashboard": "delivery", "render_time_secs": 1, "render_errors": 0}`)
	upstream := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(upstream.Close)
	post(t, base+"/api/v1/projects/perseid/datasources", fmt.Sprintf(`{"kind": "Datasource", "metadata": {"name": "upstream", "project": "perseid"},
		"spec": {"default": false, "plugin": {"kind": "PrometheusDatasource", "spec": {"proxy": {"kind": "HTTPProxy", "spec": {
			"url": %q, "allowedEndpoints": [{"endpointPattern": "/answered", "method": "GET"}]}}}}}}`, upstream.URL))
	for path, want := range map[string]int{"answered": http.StatusNotFound, "refused": http.StatusForbidden} {
		response, err := client.Get(base + "/proxy/projects/perseid/datasources/upstream/" + path)
		if err != nil {
			t.Fatal(err)
		}
		if response.Body.Close() != nil || response.StatusCode != want {
			t.Fatalf("%s through the proxy: %s; expected %d", path, response.Status, want)
		}
	}
}

func post(t *testing.T, url, body string) {
	t.Helper()
	response, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s, %v", url, response.Status, answer, err)
	}
}

// pair writes a certificate that nobody signed, and its key.
func pair(t *testing.T) *server.TLS {
	t.Helper()
	other := httptest.NewTLSServer(nil)
	defer other.Close()
	cert := other.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	p := &server.TLS{CertFile: filepath.Join(t.TempDir(), "tls.crt"), KeyFile: filepath.Join(t.TempDir(), "tls.key")}
	for path, block := range map[string]*pem.Block{p.CertFile: {Type: "CERTIFICATE", Bytes: cert.Certificate[0]}, p.KeyFile: {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// runSidecar runs a sidecar beside an API server of one ConfigMap, and returns its metrics.
func runSidecar(t *testing.T) string {
	t.Helper()
	front := kubetest.New(t)
	front.Put(kubetest.Object{Namespace: "mine", Name: "a", Data: map[string]string{"a.json": "{}"}})
	c, err := sidecar.Parse(nil, []string{
		"LABEL=dashboards", "FOLDER=" + t.TempDir(), "NAMESPACE=mine", "KUBECONFIG=" + front.Kubeconfig(t), "HEALTH_HOST=127.0.0.1", "HEALTH_PORT=0",
	})
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	s, err := sidecar.New(c, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	port := regexp.MustCompile(`health server on port (\d+)`).FindStringSubmatch(said.String())
	if port == nil {
		t.Fatalf("the sidecar does not say where it listens: %s", said.String())
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the sidecar ended with: %v", err)
		}
	})
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		text := get(t, "http://127.0.0.1:"+port[1]+"/metrics")
		if strings.Contains(text, "\nperseid_sidecar_ready 1\n") {
			return text
		}
		if time.Now().After(deadline) {
			t.Fatalf("the sidecar is not ready after %s:\n%s", patience, text)
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: no files (%v)", pattern, err)
	}
	return paths
}
