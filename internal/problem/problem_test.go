package problem

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// What Perses says of metadata.project begins with it: it is not said twice.
func TestStringNamesThePathOnce(t *testing.T) {
	p := Problem{Origin: "x.yaml", Line: 1, Column: 2, Path: "metadata.project", Message: "metadata.project cannot be empty"}
	if got, want := p.String(), "x.yaml:1:2: metadata.project cannot be empty"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNearest(t *testing.T) {
	words := []string{"duration", "display", "enable_watch", "on"}
	for written, want := range map[string]string{
		"durations": "duration", "Duration": "duration", "enableWatch": "enable_watch", "dsplay": "display",
		"timezone": "", "xx": "", "": "", strings.Repeat("duration", 20): "",
	} {
		if got := Nearest(written, words); got != want {
			t.Errorf("nearest to %q = %q, want %q", written, got, want)
		}
	}
}

func TestString(t *testing.T) {
	p := Problem{Origin: "a.yaml", Line: 3, Column: 5, Path: "spec.x", Message: "is wrong", Hint: "write it so\nx: 1\ny: 2"}
	const want = "a.yaml:3:5: spec.x: is wrong (write it so)\n    x: 1\n    y: 2"
	if got := p.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestClassOf(t *testing.T) {
	invalid := List{{Severity: Error, Message: "one"}, {Severity: Warning, Message: "hm"}, {Severity: Error, Message: "two"}}
	for _, tt := range []struct {
		err  error
		want Class
	}{
		{errors.New("disk"), Internal},
		{fmt.Errorf("get: %w", New(NotFound, "nothing")), NotFound},
		{fmt.Errorf("decode: %w", invalid), Invalid},
		{invalid.Err(), Invalid},
	} {
		if got := ClassOf(tt.err); got != tt.want {
			t.Errorf("class of %v = %d, want %d", tt.err, got, tt.want)
		}
	}
	if got := invalid.Error(); got != "one\ntwo" {
		t.Errorf("sentence %q leaves out an error or shows a warning", got)
	}
	if err := (List{{Severity: Warning}}).Err(); err != nil {
		t.Errorf("warnings alone are an error: %v", err)
	}
}
