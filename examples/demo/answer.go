package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql"
)

// refusal is an error with the status and the type that Prometheus gives it.
type refusal struct {
	status int
	kind   string
	err    error
}

func (e *refusal) Error() string { return e.err.Error() }

func badData(parameter string, err error) error {
	return &refusal{http.StatusBadRequest, "bad_data", fmt.Errorf("invalid parameter %q: %w", parameter, err)}
}

// failed gives an error of the engine its type.
func failed(err error) error {
	var late promql.ErrQueryTimeout
	var canceled promql.ErrQueryCanceled
	switch {
	case errors.As(err, &late):
		return &refusal{http.StatusServiceUnavailable, "timeout", err}
	case errors.As(err, &canceled):
		return &refusal{http.StatusServiceUnavailable, "canceled", err}
	}
	return &refusal{http.StatusUnprocessableEntity, "execution", err}
}

// body is the form of every answer.
type body struct {
	Status   string          `json:"status"`
	Data     json.RawMessage `json:"data,omitempty"`
	Kind     string          `json:"errorType,omitempty"`
	Error    string          `json:"error,omitempty"`
	Warnings []string        `json:"warnings,omitempty"`
	Infos    []string        `json:"infos,omitempty"`
}

// observed answers with what a handler returns, and counts the request.
func (a *api) observed(route string, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		status, b := a.answer(w, r, h)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(b)
		a.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
		a.duration.WithLabelValues(route).Observe(time.Since(start).Seconds())
	})
}

// maxForm bounds what is read of a request.
const maxForm = 1 << 20

func (a *api) answer(w http.ResponseWriter, r *http.Request, h handler) (int, body) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return refused(badData("form", err))
	}
	data, warnings, err := h(r)
	if err != nil {
		return refused(err)
	}
	b := body{Status: "success"}
	b.Warnings, b.Infos = warnings.AsStrings(r.FormValue("query"), 10, 10)
	if b.Data, err = encoded(data); err != nil {
		return refused(err)
	}
	return http.StatusOK, b
}

func refused(err error) (int, body) {
	var known *refusal
	if !errors.As(err, &known) {
		known = &refusal{http.StatusInternalServerError, "internal", err}
	}
	return known.status, body{Status: "error", Kind: known.kind, Error: known.Error()}
}

func encoded(v any) (json.RawMessage, error) {
	if raw, ok := v.(json.RawMessage); ok {
		return raw, nil
	}
	return json.Marshal(v)
}

// moment reads seconds since 1970, or RFC 3339. Nothing is the given time; if that is zero, there must be something.
func moment(text string, missing time.Time) (time.Time, error) {
	if text == "" && !missing.IsZero() {
		return missing, nil
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(seconds) < math.MaxInt64/1e9 {
		return time.UnixMilli(int64(math.Round(seconds * 1000))), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("cannot parse %q to a valid timestamp", text)
}

// duration reads seconds, or a duration as PromQL writes it.
func duration(text string) (time.Duration, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(seconds) < math.MaxInt64/1e9 {
		return time.Duration(seconds * float64(time.Second)), nil
	}
	d, err := model.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("cannot parse %q to a valid duration", text)
	}
	return time.Duration(d), nil
}
