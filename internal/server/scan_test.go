package server

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
)

var reconciles = regexp.MustCompile(`(?m)^perseid_reconcile_duration_seconds_count (\d+)$`)

// R12: once things are settled, a listing like the one before is noted and nothing is planned; what others did to the database is still found.
func TestScanWithoutChangesPlansNothing(t *testing.T) {
	w := newWorld(t)
	w.config = "delivery: {prune: {settle: 0s, delay: 10ms}}\n" // settling is news
	w.write("p.yaml", projectP)
	w.write("d.yaml", dashboard("d", "one"))
	w.start()
	w.serves("d", "one")
	name := "dir:" + w.dir
	scan := func() {
		t.Helper()
		before := w.source(name).LastAttempt
		w.do(http.MethodPost, "/api/delivery/v1/sources/"+url.PathEscape(name)+"/reconcile", "{}")
		w.eventually("another listing", func() bool { return w.source(name).LastAttempt.After(before) })
	}
	count := func() string {
		_, body := w.get("/metrics")
		return reconciles.FindString(body)
	}
	for range settledAfter {
		scan()
	}
	before := count()
	if before == "" {
		t.Fatal("the metric is not there")
	}
	scan()
	scan()
	if after := count(); after != before {
		t.Errorf("two scans without changes made %s of %s", after, before)
	}
	if got := w.source(name); got.LastSuccess.Before(got.LastAttempt) {
		t.Errorf("last success %s is before the last attempt %s", got.LastSuccess, got.LastAttempt)
	}
	w.write("d.yaml", dashboard("d", "two"))
	w.serves("d", "two")
}

// settledAfter is more listings than it takes until one changes nothing: two plans in vain.
const settledAfter = 6
