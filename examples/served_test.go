package examples_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/server"
)

// patience is how long the server may take to serve a handful of documents.
const patience = 15 * time.Second

// client asks servers of tests, whose certificates nobody signed.
var client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}

// TestServed serves the examples: every one is applied.
func TestServed(t *testing.T) {
	base := serve(t, nil)
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
}

// serve starts a server over this directory that stops with the test, and waits until it is ready.
func serve(t *testing.T, pair *server.TLS) (base string) {
	t.Helper()
	c, problems := config.Load(config.Options{Database: t.TempDir(), Folders: []string{"."}})
	if problems.Invalid() {
		t.Fatalf("configuration: %v", problems)
	}
	s, err := server.New(server.Options{Config: c, Listen: "127.0.0.1:0", TLS: pair})
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
	if pair != nil {
		base = "https://" + s.Addr()
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		response, err := client.Get(base + "/readyz")
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
	response, err := client.Get(url)
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
