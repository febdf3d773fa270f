package sidecar

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
)

// levelCritical is above errors: what ends the program.
const levelCritical = slog.LevelError + 4

// logTime is how the time of a record is written: ISO 8601 with microseconds and the offset.
const logTime = "2006-01-02T15:04:05.000000-07:00"

// logger writes records as k8s-sidecar does, for whoever parses its log: time, level and msg, in this order, with Python's spaces in JSON.
// Attributes follow as further keys.
type logger struct {
	out    *output
	level  slog.Level
	logfmt bool
	utc    bool
	attrs  []slog.Attr
}

type output struct {
	sync.Mutex
	io.Writer
}

// NewLogger makes a log of the level, format and time zone that are configured.
func (c *Config) NewLogger(w io.Writer) *slog.Logger {
	return slog.New(&logger{out: &output{Writer: w}, level: c.logLevel, logfmt: c.logfmt, utc: c.utc})
}

// Enabled implements slog.Handler.
func (l *logger) Enabled(_ context.Context, level slog.Level) bool { return level >= l.level }

// WithAttrs implements slog.Handler.
func (l *logger) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *l
	with.attrs = append(l.attrs[:len(l.attrs):len(l.attrs)], attrs...)
	return &with
}

// WithGroup implements slog.Handler: groups do not show.
func (l *logger) WithGroup(string) slog.Handler { return l }

// Handle implements slog.Handler.
func (l *logger) Handle(_ context.Context, r slog.Record) error {
	when := r.Time
	if l.utc {
		when = when.UTC()
	}
	pairs := [][2]string{{"time", when.Format(logTime)}, {"level", levelName(r.Level)}, {"msg", r.Message}}
	add := func(a slog.Attr) bool {
		pairs = append(pairs, [2]string{a.Key, valueText(a.Value)})
		return true
	}
	for _, a := range l.attrs {
		add(a)
	}
	r.Attrs(add)
	line := jsonLine(pairs)
	if l.logfmt {
		line = logfmtLine(pairs)
	}
	l.out.Lock()
	defer l.out.Unlock()
	_, err := io.WriteString(l.out, line)
	return err
}

func levelName(level slog.Level) string {
	switch {
	case level >= levelCritical:
		return "CRITICAL"
	case level >= slog.LevelError:
		return "ERROR"
	case level >= slog.LevelWarn:
		return "WARNING"
	case level >= slog.LevelInfo:
		return "INFO"
	}
	return "DEBUG"
}

func valueText(v slog.Value) string {
	v = v.Resolve()
	if v.Kind() == slog.KindTime {
		return v.Time().Format(time.RFC3339)
	}
	return v.String()
}

func jsonLine(pairs [][2]string) string {
	var b strings.Builder
	for i, p := range pairs {
		b.WriteString([]string{"{", ", "}[min(i, 1)])
		fmt.Fprintf(&b, "%s: %s", jsonText(p[0]), jsonText(p[1]))
	}
	return b.String() + "}\n"
}

// jsonText quotes a text without escaping what HTML would need.
func jsonText(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return strconv.Quote(text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func logfmtLine(pairs [][2]string) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte(' ')
		}
		value := p[1]
		if value == "" || strings.ContainsAny(value, " =\"\\") || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' }) {
			value = jsonText(value)
		}
		b.WriteString(p[0] + "=" + value)
	}
	return b.String() + "\n"
}
