package examples_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/server"
)

// patience is how long the server may take to serve a handful of documents.
const patience = 15 * time.Second

// TestServed serves the examples: every one is applied, and the metrics that the dashboard of Perseid asks for are there.
func TestServed(t *testing.T) {
	base := serve(t)
	var documents []delivery.Document
	if err := json.Unmarshal([]byte(get(t, base+"/api/delivery/v1/documents")), &documents); err != nil {
		t.Fatal(err)
	}
	if want := len(load(t).resources); len(documents) != want {
		t.Errorf("%d documents in the status, %d examples", len(documents), want)
	}
	for _, d := range documents {
		if (d.Outcome != delivery.Applied && d.Outcome != delivery.Unchanged) || len(d.Problems) > 0 {
			t.Errorf("%s: %s, %v", d.Origin, d.Outcome, d.Problems)
		}
	}
	// The first answer counts the requests that the second one shows.
	get(t, base+"/metrics")
	exported := get(t, base+"/metrics")
	asked := metricsAsked(t)
	for name := range asked {
		if !strings.Contains(exported, "\n"+name+"{") && !strings.Contains(exported, "\n"+name+" ") {
			t.Errorf("the dashboard asks for %s, which the server does not export", name)
		}
	}
	if len(asked) < 8 {
		t.Errorf("only %d metrics found in the dashboard: %v", len(asked), asked)
	}
}

// metricsAsked finds the metrics of ours in the dashboard of Perseid. Every name in its queries and variables is followed by a selector.
func metricsAsked(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("self-monitoring/dashboards/perseid.yaml")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, m := range regexp.MustCompile(`\b((?:perseid|perses)_\w+)\{`).FindAllStringSubmatch(string(text), -1) {
		asked[m[1]] = true
	}
	return asked
}

// serve starts a server over this directory that stops with the test, and waits until it is ready.
func serve(t *testing.T) (base string) {
	t.Helper()
	c, problems := config.Load(config.Options{Database: t.TempDir(), Folders: []string{"."}})
	if problems.Invalid() {
		t.Fatalf("configuration: %v", problems)
	}
	s, err := server.New(server.Options{Config: c, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	base = "http://" + s.Addr()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		response, err := http.Get(base + "/readyz")
		if err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK {
			return base
		}
		if time.Now().After(deadline) {
			t.Fatalf("not ready after %s", patience)
		}
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, response.Status, err)
	}
	return string(body)
}
