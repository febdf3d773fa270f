package resource

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func decodeOne(t *testing.T, text string) *Resource {
	t.Helper()
	documents, problems := Decode([]byte(text), YAML)
	if len(problems) > 0 || len(documents) != 1 || documents[0].Resource == nil {
		t.Fatalf("%s: %v %+v", text, problems, documents)
	}
	return documents[0].Resource
}

func TestDiff(t *testing.T) {
	const base = "kind: Dashboard\nmetadata: {name: a, project: p, version: 3}\nspec: {duration: 1h, panels: {}, layouts: []"
	before := decodeOne(t, base+", display: {name: CPU}, links: [{url: x}, {url: y}], weight: 1.0}")
	after := decodeOne(t, base+", display: {name: CPU load}, links: [{url: x}], weight: 1, timezone: local}")
	want := []Difference{
		{Path: "spec.display.name", Before: `"CPU"`, After: `"CPU load"`},
		{Path: "spec.links[1]", Before: `{"url":"y"}`},
		{Path: "spec.timezone", After: `"local"`},
	}
	if diff := cmp.Diff(want, Diff(before, after)); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	if got := Diff(before, before); got != nil {
		t.Errorf("a resource differs from itself: %v", got)
	}
}

func TestR33DiffShowsNoSecret(t *testing.T) {
	const base = "kind: GlobalSecret\nmetadata: {name: a}\nspec: {authorization: {credentials: "
	got := Diff(decodeOne(t, base+"hush}}"), decodeOne(t, base+"hark}}"))
	if len(got) != 1 || got[0].Path != "spec.authorization.credentials" {
		t.Fatalf("differences = %+v", got)
	}
	if strings.Contains(got[0].Before+got[0].After, "hush") || strings.Contains(got[0].After, "hark") {
		t.Errorf("the secret is shown: %+v", got)
	}
}
