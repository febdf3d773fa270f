package sidecar

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"
)

func TestLog(t *testing.T) {
	at := time.Date(2026, 8, 4, 10, 0, 0, 123456789, time.FixedZone("", 2*60*60))
	record := slog.NewRecord(at, slog.LevelWarn, `say "<hi>"`, 0)
	record.Add("error", errors.New("two\nlines"))
	for environ, want := range map[string]string{
		"LOG_FORMAT=json":   `{"time": "2026-08-04T10:00:00.123456+02:00", "level": "WARNING", "msg": "say \"<hi>\"", "error": "two\nlines"}` + "\n",
		"LOG_FORMAT=LOGFMT": `time=2026-08-04T10:00:00.123456+02:00 level=WARNING msg="say \"<hi>\"" error="two\nlines"` + "\n",
		"LOG_TZ=utc":        `{"time": "2026-08-04T08:00:00.123456+00:00", "level": "WARNING", "msg": "say \"<hi>\"", "error": "two\nlines"}` + "\n",
	} {
		var b bytes.Buffer
		if err := parse(t, environ).NewLogger(&b).Handler().Handle(context.Background(), record); err != nil || b.String() != want {
			t.Errorf("%s: got %s, want %s", environ, b.String(), want)
		}
		if environ == "LOG_FORMAT=json" && !json.Valid(b.Bytes()) {
			t.Error("not JSON")
		}
	}
	if log := parse(t).NewLogger(&bytes.Buffer{}); log.Enabled(context.Background(), slog.LevelDebug) {
		t.Error("DEBUG is logged by default")
	}
}
