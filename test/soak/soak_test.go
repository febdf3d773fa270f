package main

import (
	"bytes"
	"flag"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	// The result of a test is kept until what it imports changes; the program is built from this.
	_ "github.com/perseid-dev/perseid/internal/cli"
)

var lasts = flag.Duration("soak.for", 8*time.Second, "how long TestSoak lasts")

// TestSoak is the short form: the same company for some seconds. Whether memory stays flat is judged by the long one (make soak).
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a server for some seconds")
	}
	binary := filepath.Join(t.TempDir(), "perseid")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/perseid").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	var out bytes.Buffer
	code := run([]string{"-perseid", binary, "-dir", t.TempDir(), "-for", lasts.String(), "-dashboards", "100", "-edits", "15"}, &out)
	t.Logf("%s", out.String())
	if code != 0 || !strings.Contains(out.String(), "no faults") {
		t.Errorf("exit code %d", code)
	}
}

// A use that grows is seen whatever its noise, and one that only jumps about is not.
func TestTrend(t *testing.T) {
	series := func(value func(i int) float64) (all []float64) {
		for i := range 200 {
			all = append(all, value(i))
		}
		return all
	}
	tests := map[string]struct {
		values []float64
		rises  bool
	}{
		"flat":                 {series(func(int) float64 { return 100 }), false},
		"warming up":           {series(func(i int) float64 { return min(100, float64(20+4*i)) }), false},
		"single peaks":         {series(func(i int) float64 { return 100 + float64(i%10/9*500) }), false},
		"a leak":               {series(func(i int) float64 { return 100 + float64(i) }), true},
		"a leak under a noise": {series(func(i int) float64 { return 100 + float64(i) + float64(i*7919%40) }), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := compareHalves(name, test.values, spareRSS, noiseMiB, true); got.rises() != test.rises {
				t.Errorf("%+v: rises %v, want %v", got, got.rises(), test.rises)
			}
		})
	}
}

// What differs is named, in both directions.
func TestDiffer(t *testing.T) {
	want := documents{"p/a": {1}, "p/b": {2}}
	if err := differ("x", documents{"p/a": {1}, "p/b": {2}}, want); err != nil {
		t.Error(err)
	}
	err := differ("x", documents{"p/a": {3}, "p/c": {2}}, want)
	if err == nil || err.Error() != "x differs in 3 of 2: p/a is another document, p/b is missing, p/c should not be there" {
		t.Error(err)
	}
}
