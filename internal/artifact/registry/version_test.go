package registry

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCompareTags(t *testing.T) {
	want := []string{"v2.0.0", "2.0.0-rc.1", "v1.10.0_build.7", "v1.10.0", "v1.9.0", "1", "1.2", "latest", "main"}
	got := slices.Clone(want)
	slices.Sort(got)
	slices.SortFunc(got, CompareTags)
	// Build metadata decides nothing between versions, only the order of the list.
	want[2], want[3] = want[3], want[2]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNewest(t *testing.T) {
	tags := []string{"latest", "v1.2.0", "1.4.1", "v1.4.10", "v2.0.0-rc.1", "v2.0.0", "1.5", "v0.9.0"}
	for text, want := range map[string]string{
		"^1.2": "v1.4.10", "~1.4.0": "v1.4.10", ">= 1, < 3": "v2.0.0", "1.x": "v1.4.10", "*": "v2.0.0",
		"< 2.0.0-z": "v2.0.0-rc.1", "^3": "", "0.9": "v0.9.0",
	} {
		r, err := ParseRange(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := r.Newest(tags); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"", "latest", "^a", string(make([]byte, 300))} {
		if _, err := ParseRange(text); err == nil {
			t.Errorf("%q is a range", text)
		}
	}
}

func TestRetry(t *testing.T) {
	at := time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat)
	for name, test := range map[string]struct {
		status, attempt int
		after           string
		least, most     time.Duration // negative: give up
	}{
		"as it asks":           {429, 0, "7", 7 * time.Second, 7 * time.Second},
		"as it asks, 503":      {503, 3, "7", 7 * time.Second, 7 * time.Second},
		"a date":               {429, 0, at, 18 * time.Second, 20 * time.Second},
		"longer than we wait":  {429, 0, "31", -1, -1},
		"no wait asked for":    {500, 0, "", 125 * time.Millisecond, 250 * time.Millisecond},
		"the fourth":           {500, 3, "", time.Second, 2 * time.Second},
		"never longer":         {500, 4, "", 2 * time.Second, maxWait},
		"the last":             {500, 5, "", -1, -1},
		"what does not pass":   {404, 0, "", -1, -1},
		"what is not done":     {501, 0, "", -1, -1},
		"done":                 {200, 0, "", -1, -1},
		"nonsense is no time":  {429, 0, "soon", 125 * time.Millisecond, 250 * time.Millisecond},
		"negative is no time":  {429, 0, "-5", 125 * time.Millisecond, 250 * time.Millisecond},
		"not at its own order": {401, 0, "1", -1, -1},
	} {
		resp := &http.Response{StatusCode: test.status, Header: http.Header{"Retry-After": {test.after}}}
		got, err := newPolicy(0).Retry(test.attempt, resp, nil)
		if got < test.least || got > test.most || (err != nil) != (name == "longer than we wait") {
			t.Errorf("%s: %s, %v; want %s to %s", name, got, err, test.least, test.most)
		}
	}
}

func TestHigher(t *testing.T) {
	for _, test := range []struct {
		version, than string
		higher, ok    bool
	}{
		{"v1.4.1", "1.4.0", true, true}, {"1.3.9", "1.4.0", false, true}, {"1.4.0", "1.4.0", false, true}, {"1.4.0", "1.4.0-rc.1", true, true},
		{"live", "1.4.0", false, false}, {"1.4.0", "", false, false},
	} {
		if higher, ok := Higher(test.version, test.than); higher != test.higher || ok != test.ok {
			t.Errorf("%s than %s: %t, %t", test.version, test.than, higher, ok)
		}
	}
}
