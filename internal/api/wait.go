package api

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestWait bounds how long an answer may be asked to wait for news.
const longestWait = 30 * time.Second

// answerStatus answers with what status finds. A client that sends the ETag it has in If-None-Match, and Prefer: wait=N (RFC 7240),
// is answered once there is something new, or after N seconds with 304: so it can follow the status without missing a change.
func (a *api) answerStatus(w http.ResponseWriter, r *http.Request, status func() (any, error)) error {
	timer := time.NewTimer(preferredWait(r.Header))
	defer timer.Stop()
	for {
		changed := a.Delivery.Changed()
		value, err := status()
		if err != nil {
			return err
		}
		body, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("write status: %w", err)
		}
		tag := bodyTag(body)
		if !matches(r.Header.Values("If-None-Match"), tag) {
			return answerTagged(w, r, tag, body)
		}
		select {
		case <-changed:
		case <-timer.C:
			return answerTagged(w, r, tag, body)
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
}

func answerTagged(w http.ResponseWriter, r *http.Request, tag string, body []byte) error {
	if notModified(w, r, tag) {
		return nil
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // an error here is the client gone
	return nil
}

func bodyTag(body []byte) string {
	h := fnv.New128a()
	h.Write(body)
	return fmt.Sprintf(`"%x"`, h.Sum(nil))
}

// preferredWait reads Prefer: wait=N; zero where there is none.
func preferredWait(h http.Header) time.Duration {
	for _, preference := range strings.Split(strings.Join(h.Values("Prefer"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(preference), "=")
		if seconds, err := strconv.ParseUint(value, 10, 16); err == nil && strings.EqualFold(name, "wait") {
			return min(time.Duration(seconds)*time.Second, longestWait)
		}
	}
	return 0
}
