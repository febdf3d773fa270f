package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

// The texts of tests: what was asked for is remembered.

func (s *status) Excerpt(at delivery.Place) (delivery.Excerpt, error) {
	s.asked = append(s.asked, at)
	return delivery.Excerpt{Source: at.Source, Origin: at.Origin, Lines: []string{"kind: Dashboard"}}, s.refuse
}

func (s *status) Content(of delivery.Subject, version uint64) ([]byte, error) {
	s.asked = append(s.asked, of, version)
	return []byte(`{"kind":"Dashboard"}`), s.refuse
}

func (s *status) Compare(span delivery.Span) (delivery.Comparison, error) {
	s.asked = append(s.asked, span)
	return s.compare, s.refuse
}

// TestTexts: what each path asks for.
func TestTexts(t *testing.T) {
	source := "/api/delivery/v1/sources/" + url.PathEscape(sourceName)
	const dashboard = "/api/delivery/v1/resources/projects/p/dashboards/a"
	for path, want := range map[string][]any{
		source + "/excerpt?origin=a.yaml&line=3&column=7":                        {delivery.Place{Source: sourceName, Origin: "a.yaml", Line: 3, Column: 7}},
		source + "/excerpt?origin=a.yaml":                                        {delivery.Place{Source: sourceName, Origin: "a.yaml"}},
		dashboard + "/content?version=4":                                         {delivery.Subject{Kind: "Dashboard", Project: "p", Name: "a"}, uint64(4)},
		source + "/compare":                                                      {delivery.Span{Source: sourceName}},
		source + "/compare?from=r0&to=r1&kind=dashboard&project=P&name=A":        {delivery.Span{Source: sourceName, From: "r0", To: "r1", Kind: "Dashboard", Project: "p", Name: "a"}},
		source + "/compare?kind=GlobalVariable&project=is-left-out&name=country": {delivery.Span{Source: sourceName, Kind: "GlobalVariable", Name: "country"}},
	} {
		w := newDelivering(t)
		tag := w.must(200, "GET", path, "").header.Get("ETag")
		if diff := cmp.Diff(want, w.delivery.asked); diff != "" {
			t.Errorf("%s asks for (-want +got):\n%s", path, diff)
		}
		w.must(304, "GET", path, "", "If-None-Match: "+tag)
	}
}

func TestTextsRefuseWhatTheyDoNotUnderstand(t *testing.T) {
	w := newDelivering(t)
	for path, want := range map[string]string{
		"/sources/other/excerpt?origin=b.yaml&line=0":       `400 bad request: line: expected a number from 1, not "0"`,
		"/sources/other/excerpt?origin=b.yaml&column=x":     `400 bad request: column: expected a number from 1, not "x"`,
		"/sources/other/excerpt":                            `404 document not found: source other holds no `,
		"/sources/none/excerpt?origin=b.yaml":               `404 document not found: source none holds no b.yaml`,
		"/resources/projects/p/dashboards/a/content":        `400 bad request: version: expected the number of a kept version, not ""`,
		"/resources/projects/p/nothing/a/content?version=1": `404 document not found: there are no nothing at this path`,
		"/sources/other/compare?kind=Dashbord&name=a":       `400 bad request: kind: unknown kind "Dashbord" used`,
		"/sources/other/compare?kind=Dashboard&project=p":   `400 bad request: name: expected the name of the Dashboard to compare`,
	} {
		status, message := 400, want[4:]
		if strings.HasPrefix(want, "404") {
			status = 404
		}
		w.refused(status, message, "GET", "/api/delivery/v1"+path, "")
	}
	if len(w.delivery.asked) > 0 {
		t.Errorf("asked for %v", w.delivery.asked)
	}
}

// TestTextsAreAuthorized: an excerpt needs every document of the file, a content its resource, a comparison sources, and shows what may be read.
func TestTextsAreAuthorized(t *testing.T) {
	hidden := "p"
	w := newDelivering(t, func(o *Options) {
		o.Authorize = func(_ *http.Request, verb, kind, project string) error {
			if verb == "read" && project != hidden {
				return nil
			}
			return problem.New(problem.Forbidden, "missing "+verb+" of "+kind)
		}
	})
	now := w.delivery.Status(true)
	now.Documents = append(now.Documents, delivery.Document{Source: "other", Origin: "c.yaml", Index: 1, Kind: "Dashboard", Project: "p", Name: "d"})
	w.delivery.set(now)
	const missing = "forbidden access: missing read of Dashboard"
	w.refused(403, missing, "GET", atSource+"other/excerpt?origin=c.yaml", "")
	w.refused(403, missing, "GET", "/api/delivery/v1/resources/projects/p/dashboards/a/content?version=4", "")
	w.refused(403, missing, "GET", atSource+"other/compare?kind=Dashboard&project=p&name=a", "")
	if len(w.delivery.asked) > 0 {
		t.Errorf("asked for %v", w.delivery.asked)
	}
	w.delivery.compare = delivery.Comparison{Changes: []delivery.Change{{Kind: "Dashboard", Project: "p", Name: "a"}, {Kind: "Dashboard", Project: "q", Name: "c"}}}
	if got := decoded[delivery.Comparison](t, w.must(200, "GET", atSource+"other/compare", "")).Changes; len(got) != 1 || got[0].Project != "q" {
		t.Errorf("changes %+v, want that of project q", got)
	}
	hidden = ""
	w.refused(403, "forbidden access: missing read of Project", "GET", atSource+"other/compare", "")
	hidden = "none"
	w.must(200, "GET", atSource+"other/excerpt?origin=c.yaml", "")
}
