package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

const (
	maxErrorBody    = 64 << 10         // bytes of the answer to a refused request that are read
	maxErrorText    = 300              // bytes of it that are shown, if it is not a Status
	requestDuration = 30 * time.Second // until an answer begins, and of silence in one that is no watch
)

// StatusError is the answer of an API server that refused a request.
type StatusError struct {
	Code       int           // HTTP status
	Message    string        // in the server's words
	RetryAfter time.Duration // how long it asks to be left alone; zero if it does not
}

// Error is the code and the server's words.
func (e *StatusError) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

// Is makes errors.Is(err, ErrNotFound) true for a 404.
func (e *StatusError) Is(target error) bool {
	return target == ErrNotFound && e.Code == http.StatusNotFound
}

// request sends a request below /api/v1 and returns the body of its answer, whose Close ends it. Silence for longer than patience ends it
// too; then the error wraps ErrInterrupted.
func (c *Client) request(ctx context.Context, method, path string, query url.Values, body io.Reader, patience time.Duration) (io.ReadCloser, error) {
	u := c.base.JoinPath(path)
	u.RawQuery = query.Encode()
	w := newWatched(ctx, min(patience, requestDuration))
	req, err := http.NewRequestWithContext(w.ctx, method, u.String(), body)
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	req.Header.Set("Accept", runtime.ContentTypeProtobuf)
	if body != nil {
		req.Header.Set("Content-Type", runtime.ContentTypeJSON)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		err = w.explain(err)
		return nil, errors.Join(err, w.Close())
	}
	w.body, w.patience = resp.Body, patience
	w.timer.Reset(patience)
	if resp.StatusCode/100 != 2 {
		err = refusal(resp, w)
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// refusal reads what the server says instead of an answer.
func refusal(resp *http.Response, body io.Reader) error {
	data, _ := io.ReadAll(io.LimitReader(body, maxErrorBody))
	e := &StatusError{Code: resp.StatusCode, Message: http.StatusText(resp.StatusCode)}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		e.RetryAfter = time.Duration(seconds) * time.Second
	}
	var status metav1.Status
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch media {
	case runtime.ContentTypeProtobuf:
		if message, err := unwrap(data); err == nil && status.Unmarshal(message) == nil {
			return e.of(&status)
		}
	case runtime.ContentTypeJSON:
		if json.Unmarshal(data, &status) == nil {
			return e.of(&status)
		}
	case "text/plain":
		if text := strings.TrimSpace(string(data[:min(len(data), maxErrorText)])); text != "" {
			e.Message = strings.ToValidUTF8(text, "?")
		}
	}
	return e
}

// of takes over what a Status says.
func (e *StatusError) of(s *metav1.Status) *StatusError {
	if s.Code != 0 {
		e.Code = int(s.Code)
	}
	if s.Message != "" {
		e.Message = strings.ToValidUTF8(s.Message[:min(len(s.Message), maxErrorBody)], "?")
	}
	if s.Details != nil && s.Details.RetryAfterSeconds > 0 {
		e.RetryAfter = time.Duration(s.Details.RetryAfterSeconds) * time.Second
	}
	return e
}

// errSilent is why a request that was silent for too long was given up.
type errSilent time.Duration

func (e errSilent) Error() string { return fmt.Sprintf("nothing was heard for %v", time.Duration(e)) }

// watched is the body of an answer under a deadline that every byte moves.
type watched struct {
	ctx      context.Context
	cancel   context.CancelCauseFunc
	patience time.Duration
	timer    *time.Timer
	body     io.ReadCloser
}

func newWatched(ctx context.Context, patience time.Duration) *watched {
	w := &watched{patience: patience}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(patience, func() { w.cancel(errSilent(patience)) })
	return w
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	if n > 0 {
		w.timer.Reset(w.patience)
	}
	if err != nil && err != io.EOF {
		err = w.explain(err)
	}
	return n, err
}

func (w *watched) Close() error {
	w.timer.Stop()
	w.cancel(nil)
	if w.body == nil {
		return nil
	}
	return w.body.Close()
}

// explain says what became of a connection: why it was given up if it was, or else what the network says, without the URL.
func (w *watched) explain(err error) error {
	if cause := context.Cause(w.ctx); cause != nil {
		err = cause
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("%w: %w", ErrInterrupted, err)
}
