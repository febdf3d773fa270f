package api

import (
	"net/url"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
)

func TestDocuments(t *testing.T) {
	w := newDelivering(t)
	for query, want := range map[string]string{
		"":                                        "p.yaml a.yaml b.yaml c.yaml",
		"source=" + url.QueryEscape(sourceName):   "p.yaml a.yaml",
		"source=Other":                            "",
		"project=P":                               "p.yaml a.yaml b.yaml",
		"kind=dashboard&outcome=applied":          "a.yaml",
		"outcome=held":                            "",
		"outcome=Shadowed,invalid":                "b.yaml c.yaml",
		"outcome=shadowed&outcome=invalid":        "b.yaml c.yaml",
		"outcome=":                                "p.yaml a.yaml b.yaml c.yaml",
		"name=c":                                  "c.yaml",
		"problems=true":                           "c.yaml",
		"problems=false&limit=3":                  "p.yaml a.yaml b.yaml",
		"kind=Dashboard&limit=1":                  "a.yaml",
		"limit=18446744073709551":                 "p.yaml a.yaml b.yaml c.yaml",
		"source=other&project=p&kind=DASHBOARD":   "b.yaml",
		"what=is-not-known&is=left+alone&limit=1": "p.yaml",
	} {
		origins := []string{}
		for _, d := range decoded[[]delivery.Document](t, w.must(200, "GET", "/api/delivery/v1/documents?"+query, "")) {
			origins = append(origins, d.Origin)
		}
		if got := strings.Join(origins, " "); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	if got := w.must(200, "GET", "/api/delivery/v1/documents?name=none", "").body; got != "[]" {
		t.Errorf("no documents are %q, want []", got)
	}
}

func TestDocumentsOfSensitiveNames(t *testing.T) {
	w := newDelivering(t, func(o *Options) { o.CaseSensitive = true })
	for query, want := range map[string]int{"name=c": 0, "name=C": 1, "project=P": 0, "project=p": 3} {
		if got := decoded[[]delivery.Document](t, w.must(200, "GET", "/api/delivery/v1/documents?"+query, "")); len(got) != want {
			t.Errorf("%s: %+v, want %d", query, got, want)
		}
	}
}

func TestDocumentsRefusesWhatItDoesNotUnderstand(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"outcome=fine":  `outcome: expected some of [applied unchanged invalid refused shadowed held released retained pruned], not "fine"`,
		"problems=some": `problems: expected true or false, not "some"`,
		"limit=0":       `limit: expected a number from 1, not "0"`,
		"limit=all":     `limit: expected a number from 1, not "all"`,
	} {
		w.refused(400, "bad request: "+want, "GET", "/api/delivery/v1/documents?"+query, "")
	}
}

func FuzzDocumentFilter(f *testing.F) {
	for _, seed := range []string{"", "outcome=held,%20applied&limit=3", "problems=1&kind=x", "limit=-1", "outcome=,,"} {
		f.Add(seed)
	}
	a := &api{}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Skip()
		}
		filter, err := a.documentFilter(q)
		if err == nil && filter.limit < 0 {
			t.Errorf("%q: limit %d", query, filter.limit)
		}
		if len(query) == 0 && !filter.wants(delivery.Document{}) {
			t.Error("an empty query wants everything")
		}
	})
}
