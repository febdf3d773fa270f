package cli

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
)

func TestDoubleDashes(t *testing.T) {
	got := doubleDashes([]string{"serve", "-config=a", "-web.listen-address", ":0", "-o", "json", "--pprof", "-pprof", "-x", "--", "-config"})
	want := []string{"serve", "--config=a", "--web.listen-address", ":0", "-o", "json", "--pprof", "--pprof", "-x", "--", "-config"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCodeOf(t *testing.T) {
	for want, err := range map[int]error{
		exitDone:           nil,
		exitFailed:         errors.New("x"),
		exitUsage:          usage(errors.New("x")),
		exitAuthentication: problem.New(problem.Forbidden, "x"),
		exitInvalid:        problem.List{{Message: "x"}}.Err(),
		exitPartly:         errors.Join(errors.New("x"), shown(exitPartly)),
	} {
		if got := codeOf(err); got != want {
			t.Errorf("%v: code %d, want %d", err, got, want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("a", 50) + "B" + strings.Repeat("c", 50)
	for name, c := range map[string]struct {
		line   string
		column int
		want   string
	}{
		"middle":         {"name: a b", 7, "  | name: a b\n  |       ^\n"},
		"end":            {"name:", 6, "  | name:\n  |      ^\n"},
		"wide letters":   {"é: x", 5, "  | é: x\n  |    ^\n"},
		"escapes":        {"\x1b[31m\tx", 7, "  | .[31m x\n  |       ^\n"},
		"outside":        {"a", 3, ""},
		"no line":        {"", 1, ""},
		"not a position": {"a", 0, ""},
		"long": {long, 51, "  | …" + strings.Repeat("a", 37) + "B" + strings.Repeat("c", 36) + "…\n" +
			"  | " + strings.Repeat(" ", 38) + "^\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			excerpt(&b, false, c.line, c.column)
			if diff := cmp.Diff(c.want, b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLineAt(t *testing.T) {
	text := []byte("one\r\ntwo\nthree")
	for line, want := range []string{"", "one", "two", "three", ""} {
		if got := lineAt(text, line); got != want {
			t.Errorf("line %d is %q, want %q", line, got, want)
		}
	}
}

func TestAge(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for want, ago := range map[string]time.Duration{
		"0s ago": -time.Second, "59s ago": 59 * time.Second, "2m ago": 150 * time.Second, "47h ago": 47 * time.Hour, "2d ago": 49 * time.Hour,
	} {
		if got := age(now.Add(-ago), now); got != want {
			t.Errorf("%s: %q, want %q", ago, got, want)
		}
	}
	if got := age(time.Time{}, now); got != "never" {
		t.Error(got)
	}
}

// Colour is for terminals only.
func TestPaintIsOffForFilesAndPipes(t *testing.T) {
	if (Env{}).paintFor(&strings.Builder{}) {
		t.Error("colour in a buffer")
	}
	if got := paint(false).in(red, "x"); got != "x" {
		t.Errorf("%q", got)
	}
	if got := paint(true).in(red, "x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("%q", got)
	}
}
