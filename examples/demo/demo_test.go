package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// wholeTest is how long the test may take. On a quiet machine it takes half a minute.
const wholeTest = 2 * time.Minute

// running is the demo as its user sees it.
type running struct {
	base   string // of the server
	work   string // the temporary directory
	script *exec.Cmd
}

// TestDemo runs the script of `make demo` with freshly built programs, asks every query of every dashboard as a browser would, and presses Ctrl-C.
func TestDemo(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), wholeTest)
	defer cancel()
	d := startDemo(ctx, t)
	for _, board := range d.dashboards(ctx, t) {
		t.Run(board.Metadata.Name, func(t *testing.T) {
			if board.Metadata.Name == "sidecar" {
				t.Skip("no sidecar runs in the demo, which has no cluster: examples/metrics_test.go asks a sidecar for the metrics")
			}
			board.check(ctx, t, d)
		})
	}
	d.interrupt(t)
}

func startDemo(ctx context.Context, t *testing.T) *running {
	t.Helper()
	bin := t.TempDir()
	build(ctx, t, "../..", filepath.Join(bin, "perseid"), "./cmd/perseid")
	build(ctx, t, ".", filepath.Join(bin, "demo"), ".")
	d := &running{script: exec.CommandContext(ctx, "../demo.sh", filepath.Join(bin, "perseid"), filepath.Join(bin, "demo"))}
	d.script.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "DEMO_PORT=18480", "DEMO_SECONDS=")
	d.script.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	d.script.Cancel = func() error { return d.script.Process.Signal(os.Interrupt) }
	d.script.Stderr = os.Stderr
	out, err := d.script.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.script.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.script.Process.Signal(os.Interrupt); _ = d.script.Wait() })
	said := ""
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.Contains(said, "Ctrl-C stops"); {
		said += lines.Text() + "\n"
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	base := regexp.MustCompile(`Perseid +(http://\S+)`).FindStringSubmatch(said)
	work := regexp.MustCompile(`Logs are in (\S+)\.`).FindStringSubmatch(said)
	if base == nil || work == nil || !strings.Contains(said, "Graphs move") {
		t.Fatalf("the demo says:\n%s", said)
	}
	d.base, d.work = base[1], work[1]
	return d
}

func build(ctx context.Context, t *testing.T, dir, out, pkg string) {
	t.Helper()
	c := exec.CommandContext(ctx, "go", "build", "-o", out, pkg)
	c.Dir = dir
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, text)
	}
}

// interrupt presses Ctrl-C, and looks whether anything is left.
func (d *running) interrupt(t *testing.T) {
	t.Helper()
	if err := d.script.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := d.script.Wait(); err != nil {
		t.Errorf("the script ended with %v", err)
	}
	if _, err := os.Stat(d.work); !os.IsNotExist(err) {
		t.Errorf("%s is left behind", d.work)
	}
	if response, err := http.Get(d.base + "/readyz"); err == nil {
		response.Body.Close()
		t.Error("the server still answers")
	}
}

func (d *running) dashboards(ctx context.Context, t *testing.T) (all []dashboardDocument) {
	t.Helper()
	d.get(ctx, t, "/api/v1/dashboards", &all)
	kept := all[:0]
	for _, b := range all {
		if !strings.HasPrefix(b.Metadata.Name, "made-by-the-demo") && b.Metadata.Name != heartbeat {
			kept = append(kept, b)
		}
	}
	if len(kept) < 5 {
		t.Fatalf("only %d dashboards are served", len(kept))
	}
	return kept
}

func (d *running) get(ctx context.Context, t *testing.T, path string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, response.Status, err)
	}
}

// ask sends a form to the Prometheus of the demo through the datasource proxy of the server, as a browser does.
func (d *running) ask(ctx context.Context, t *testing.T, path string, form url.Values) (data json.RawMessage, refusal string) {
	t.Helper()
	target := d.base + "/proxy/globaldatasources/prometheus/api/v1/" + path
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var b body
	if err := json.NewDecoder(response.Body).Decode(&b); err != nil {
		t.Fatalf("%s: %s, %v", target, response.Status, err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, response.Status + ": " + b.Error
	}
	return b.Data, ""
}

// TestOrphan closes standard input, as the end of whoever started the program does, whichever way it ended.
func TestOrphan(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "demo")
	build(t.Context(), t, ".", bin, ".")
	c := exec.CommandContext(t.Context(), bin, "-perseid", "http://127.0.0.1:1")
	life, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	url, _ := bufio.NewReader(out).ReadString('\n')
	if response, err := http.Get(strings.TrimSpace(url) + "/-/healthy"); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("%s does not answer: %v", url, err)
	}
	if err := life.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
