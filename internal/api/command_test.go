package api

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

const (
	atSource    = "/api/delivery/v1/sources/"
	atDashboard = "/api/delivery/v1/resources/projects/p/dashboards/a/"
	atProject   = "/api/delivery/v1/resources/projects/p/"
)

// TestCommands: what each route asks of delivery, and how it answers.
func TestCommands(t *testing.T) {
	three, source := uint64(3), atSource+url.PathEscape(sourceName)+"/"
	ofDashboard := func(c delivery.Command) delivery.Command {
		c.Kind, c.Project, c.Name = "Dashboard", "p", "a"
		return c
	}
	for name, c := range map[string]struct {
		path, body string
		status     int
		want       delivery.Command
	}{
		"reconcile":                            {source + "reconcile", `{"events":["ignored"]}`, 202, delivery.Command{Verb: "reconcile", Source: sourceName}},
		"reconcile everything":                 {atSource + sourceName + "/reconcile?full=true", "no JSON at all", 202, delivery.Command{Verb: "reconcile", Source: sourceName, Full: true}},
		"prune":                                {source + "prune", `{"id":"h1"}`, 202, delivery.Command{Verb: "prune", Source: sourceName, ID: "h1"}},
		"suspend":                              {source + "suspend", "", 200, delivery.Command{Verb: "suspend", Source: sourceName}},
		"resume":                               {source + "resume", "{}", 200, delivery.Command{Verb: "resume", Source: sourceName}},
		"forget":                               {source + "forget", "", 200, delivery.Command{Verb: "forget", Source: sourceName}},
		"forget and prune":                     {source + "forget", `{"prune":true}`, 200, delivery.Command{Verb: "forget", Source: sourceName, Prune: true}},
		"rollback":                             {source + "rollback", " \n", 200, delivery.Command{Verb: "rollback", Source: sourceName}},
		"rollback to a revision":               {source + "rollback", `{"revision":"r0","untilNewer":true}`, 200, delivery.Command{Verb: "rollback", Source: sourceName, Revision: "r0", UntilNewer: true}},
		"unpin":                                {source + "unpin", "", 200, delivery.Command{Verb: "unpin", Source: sourceName}},
		"unlock":                               {atDashboard + "unlock", "", 200, ofDashboard(delivery.Command{Verb: "unlock", For: time.Hour})},
		"unlock for a time":                    {atDashboard + "unlock", `{"for":"2h30m"}`, 200, ofDashboard(delivery.Command{Verb: "unlock", For: 150 * time.Minute})},
		"lock again":                           {atDashboard + "unlock", `{"for":"0s"}`, 200, ofDashboard(delivery.Command{Verb: "unlock"})},
		"rollback of a resource":               {atDashboard + "rollback", "", 200, ofDashboard(delivery.Command{Verb: "rollback"})},
		"rollback to a version":                {atDashboard + "rollback", `{"version":3}`, 200, ofDashboard(delivery.Command{Verb: "rollback", Version: &three})},
		"unpin of a resource":                  {atDashboard + "unpin", "", 200, ofDashboard(delivery.Command{Verb: "unpin"})},
		"undo":                                 {atDashboard + "undo", "", 200, ofDashboard(delivery.Command{Verb: "undo"})},
		"undo of a resource without a project": {atProject + "undo", "", 200, delivery.Command{Verb: "undo", Kind: "Project", Name: "p"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newDelivering(t)
			a := w.must(c.status, "POST", c.path, c.body, "Content-Type: application/json")
			if diff := cmp.Diff([]delivery.Command{c.want}, w.delivery.done); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.want, decoded[delivery.Command](t, a)); diff != "" || a.header.Get("Content-Type") != "application/json" {
				t.Errorf("answered (-want +got):\n%s%s", diff, a.header)
			}
		})
	}
}

func TestCommandBodies(t *testing.T) {
	w := newDelivering(t)
	source := atSource + url.PathEscape(sourceName) + "/"
	for _, c := range []struct{ path, body, message string }{
		{source + "prune", "", `expected {"id": "…"}, the ID of the hold to confirm`},
		{source + "prune", `{}`, `expected {"id": "…"}, the ID of the hold to confirm`},
		{source + "prune", `{"ID":7}`, `expected a JSON object such as {"id": "1f0c2b7a"}`},
		{source + "forget", `{"prnue":true}`, `expected a JSON object such as {"prune": true}`},
		{source + "forget", `{"prune":true} {}`, `expected a JSON object such as {"prune": true}`},
		{source + "forget?dryRun=perhaps", ``, `dryRun: expected true or false, not "perhaps"`},
		{source + "reconcile?full=very", ``, `full: expected true or false, not "very"`},
		{source + "rollback", `["r0"]`, `expected a JSON object such as {"revision": "v1.4.2", "untilNewer": true}`},
		{atDashboard + "rollback", `{"version":-1}`, `expected a JSON object such as {"version": 3}`},
		{atDashboard + "unlock", `{"for":"a while"}`, `for: "a while" is not a duration: expected text such as "90m" or "2h"`},
		{atDashboard + "unlock", `{"for":7200}`, `expected a JSON object such as {"for": "2h"}`},
	} {
		w.refused(400, "bad request: "+c.message, "POST", c.path, c.body, "Content-Type: application/json")
	}
	w.refused(413, "request entity too large: a document may have 8388608 bytes; split it, or keep large values outside of it", "POST", source+"forget", strings.Repeat(" ", maxBody+1))
	if len(w.delivery.done) > 0 {
		t.Errorf("carried out: %+v", w.delivery.done)
	}
}

// TestRefusalsOfCommands: why delivery does not carry out a command is passed on.
func TestRefusalsOfCommands(t *testing.T) {
	w := newDelivering(t)
	for _, c := range []struct {
		class   problem.Class
		status  int
		message string
	}{
		{problem.NotFound, 404, "document not found: look again"},
		{problem.Stale, 412, "precondition failed: look again"},
		{problem.Invalid, 400, "bad request: look again"},
		{problem.Exists, 409, "document already exists: look again"},
		{problem.Unavailable, 503, "service unavailable: look again"},
		{problem.Internal, 500, "internal server error"},
	} {
		w.delivery.refuse = problem.New(c.class, "look again")
		w.refused(c.status, c.message, "POST", atSource+"other/suspend", "{}")
	}
	for _, path := range []string{atSource + "other/explode", atSource + "other", atSource + "reconcile"} {
		w.refused(404, "document not found", "POST", path, "{}")
	}
	w.refused(404, "document not found", "POST", atDashboard+"explode", "{}")
	w.refused(404, "document not found: there are no nothings at this path", "POST", "/api/delivery/v1/resources/nothings/x/undo", "{}")
}

func TestDryRun(t *testing.T) {
	w := newDelivering(t)
	w.delivery.preview = delivery.Preview{Changes: []delivery.Change{{Action: "deleted", Kind: "Dashboard", Project: "p", Name: "a"}}}
	for _, path := range []string{atSource + "other/rollback", atSource + "other/forget", atDashboard + "rollback", atSource + "other/suspend"} {
		got := decoded[delivery.Preview](t, w.must(200, "POST", path+"?dryRun=true", "{}"))
		if diff := cmp.Diff(w.delivery.preview, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	for _, c := range w.delivery.done {
		if !c.DryRun {
			t.Errorf("%+v is no dry run", c)
		}
	}
	w.delivery.preview = delivery.Preview{}
	if a := w.must(200, "POST", atSource+"other/forget?dryRun=1", "{}"); a.body != "{\"changes\":[]}\n" {
		t.Errorf("no changes are %q", a.body)
	}
}

// FuzzOrder: no body makes a command that another reading of the same body would not.
func FuzzOrder(f *testing.F) {
	for _, o := range operations() {
		f.Add([]byte(o.body))
	}
	f.Add([]byte(`{"id":"x"}{"id":"y"}`))
	f.Add([]byte(`{"for":"-1h"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, o := range []order{&confirmOrder{}, &forgetOrder{}, &releaseOrder{}, &versionOrder{}, &unlockOrder{}} {
			var c delivery.Command
			r := httptest.NewRequest("POST", "/", bytes.NewReader(data))
			if newIntake().readOrder(httptest.NewRecorder(), r, o, &c) != nil {
				continue
			}
			if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && !json.Valid(trimmed) {
				t.Errorf("%T takes %q", o, data)
			}
			if _, confirms := o.(*confirmOrder); confirms && c.ID == "" {
				t.Errorf("%q confirms nothing", data)
			}
		}
	})
}
