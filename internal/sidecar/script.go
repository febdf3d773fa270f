package sidecar

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// maxOutput bounds what is kept of the output of a script, in bytes.
const maxOutput = 64 << 10

// mayExecute is X_OK of access(2).
const mayExecute = 1

// scriptGrace is how long the output of a script that was ended is waited for.
const scriptGrace = 5 * time.Second

// runScript runs SCRIPT: itself if it may be executed, by sh if not.
func (h *hooks) runScript(ctx context.Context) (ok bool) {
	if h.c.scriptTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, h.c.scriptTimeout)
		defer cancel()
	}
	cmd := exec.CommandContext(ctx, h.c.script)
	if syscall.Access(h.c.script, mayExecute) != nil {
		cmd = exec.CommandContext(ctx, "sh", h.c.script)
	}
	// A process group, so that what the script started ends with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = scriptGrace
	var out, errs bounded
	cmd.Stdout, cmd.Stderr = &out, &errs
	h.log.Debug("Executing script from " + h.c.script)
	err := cmd.Run()
	h.tell("Script stdout: ", out.String())
	h.tell("Script stderr: ", errs.String())
	if err != nil {
		h.log.Error("Script failed with error: " + err.Error())
	} else {
		h.log.Debug("Script exit code: 0")
	}
	return err == nil
}

func (h *hooks) tell(what, output string) {
	if output = strings.TrimRight(output, "\n"); output != "" {
		h.log.Debug(what + output)
	}
}

// bounded keeps the beginning of what is written to it.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	b.Builder.Write(p[:min(len(p), max(0, maxOutput-b.Len()))])
	return len(p), nil
}

// sendRequest calls REQ_URL.
func (h *hooks) sendRequest(ctx context.Context) (ok bool) {
	r := &h.c.request
	method := r.method
	if method == "" {
		method = http.MethodGet
	}
	if method != http.MethodGet && method != http.MethodPost {
		h.log.Warn("REQ_METHOD " + method + " is neither GET nor POST: no request is sent")
		return false
	}
	var body []byte
	if method == http.MethodPost && r.payload != "" {
		body = h.payload(r.payload)
	}
	shown := redact(r.url)
	a, err := h.http.do(ctx, method, r.url, body)
	if err != nil {
		h.log.Error("Max retries exceeded for URL: "+shown, "error", err)
		return false
	}
	h.log.Info(method + " request sent to " + shown + ". Response: " + a.status + " " + excerpt(a.body))
	return a.code < 400
}

// payload is the body of a POST: JSON as it is, anything else as a JSON string.
func (h *hooks) payload(text string) []byte {
	if json.Valid([]byte(text)) {
		return []byte(text)
	}
	h.log.Warn("REQ_PAYLOAD is not JSON: it is sent as a JSON string")
	return []byte(jsonText(text))
}

// redact shows a URL without a password and without its query, which may hold a token.
func redact(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return "a text that is no URL"
	}
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	return u.Redacted()
}
