package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"oras.land/oras-go/v2/registry/remote/errcode"
)

// How often and how long something is tried.
const (
	maxTries       = 6
	maxWait        = 30 * time.Second
	defaultBackoff = 250 * time.Millisecond
)

// policy says whether and when a request is made again. It implements retry.Policy of oras.
type policy struct{ backoff time.Duration }

func newPolicy(backoff time.Duration) policy {
	if backoff <= 0 {
		backoff = defaultBackoff
	}
	return policy{backoff}
}

// limitedError says that a registry asks for more patience than we have.
type limitedError struct{ wait time.Duration }

func (e *limitedError) Error() string {
	return fmt.Sprintf("rate-limited: the registry asks to wait %s", e.wait.Round(time.Second))
}

// Retry implements retry.Policy: the wait before the next try, negative to give up. The attempt is the number of tries before this one.
func (p policy) Retry(attempt int, resp *http.Response, err error) (time.Duration, error) {
	if attempt+1 >= maxTries || (err != nil && !broken(err)) || (err == nil && !passing(resp.StatusCode)) {
		return -1, nil
	}
	if err == nil {
		if asked, ok := retryAfter(resp, time.Now()); ok {
			if asked > maxWait {
				return -1, &limitedError{asked}
			}
			return asked, nil
		}
	}
	return p.wait(attempt), nil
}

// wait grows with each attempt, and differs between clients, so that they do not come back together.
func (p policy) wait(attempt int) time.Duration {
	full := min(p.backoff<<attempt, maxWait)
	return full/2 + rand.N(full/2+1)
}

// pause waits before another attempt, or until the context ends.
func (p policy) pause(ctx context.Context, attempt int) error {
	timer := time.NewTimer(p.wait(attempt))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// passing says whether an answer may be another one soon.
func passing(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// broken says whether a connection ended in the middle, as opposed to never having been.
func broken(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, errPlain) {
		return false
	}
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		return true
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// transient is the same for what oras made an error of.
func transient(err error) bool {
	if r := (*errcode.ErrorResponse)(nil); errors.As(err, &r) {
		return passing(r.StatusCode)
	}
	return broken(err)
}

// retryAfter reads the header, which holds seconds or a date.
func retryAfter(resp *http.Response, now time.Time) (time.Duration, bool) {
	text := resp.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, 1<<30)) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}
