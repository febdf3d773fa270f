package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// whole is a dashboard with fields that an editor drops.
const whole = `{"kind":"Dashboard","metadata":{"name":"x","project":"p"},"spec":{
"display":{"name":"old"},
"panels":{"a":{"kind":"Panel","spec":{"plugin":{"kind":"X","spec":{}}}},"b":{"kind":"Panel","spec":{"plugin":{"kind":"X","spec":{}}}}},
"layouts":[
 {"kind":"Grid","spec":{"display":{"title":"one","icon":"star"},"items":[{"x":0,"y":0,"width":12,"height":4,"content":{"$ref":"#/spec/panels/a"},"repeatVariable":{"value":"job"}}],"theme":"dark"}},
 {"kind":"Grid","spec":{"display":{"title":"two"},"items":[{"x":0,"y":0,"width":12,"height":4,"content":{"$ref":"#/spec/panels/b"}}],"repeatVariable":"instance","theme":"light"}}],
"duration":"1h","refreshInterval":"30s","timezone":"Europe/Paris","links":[{"url":"http://x"}],
"annotations":[{"display":{"name":"deploys"},"plugin":{"kind":"X","spec":{}}}],"novel":{"deep":[1]}}}`

// edited is what the editor of today sends of a dashboard: as edited, without what it does not know.
func edited(t *testing.T, layouts ...string) string {
	t.Helper()
	grid := func(title, panel string) string {
		return `{"kind":"Grid","spec":{"display":{"title":"` + title + `","collapse":{"open":true}},"items":[{"x":1,"y":0,"width":6,"height":4,"content":{"$ref":"#/spec/panels/` + panel + `"}}]}}`
	}
	var made []string
	for _, l := range layouts {
		title, panel, _ := strings.Cut(l, "/")
		made = append(made, grid(title, panel))
	}
	return `{"kind":"Dashboard","metadata":{"name":"x","project":"p"},"spec":{"display":{"name":"new"},
"panels":{"a":{"kind":"Panel","spec":{"plugin":{"kind":"X","spec":{}}}},"b":{"kind":"Panel","spec":{"plugin":{"kind":"X","spec":{}}}}},
"layouts":[` + strings.Join(made, ",") + `],"variables":[],"duration":"2h"}}`
}

type kept struct {
	Spec struct {
		Display         struct{ Name string }
		Duration        string
		RefreshInterval string
		Timezone        string
		Links           []any
		Annotations     []any
		Novel           any
		Layouts         []struct {
			Spec struct {
				Display        struct{ Title, Icon string }
				Theme          string
				RepeatVariable string
				Items          []struct {
					X              int
					RepeatVariable struct{ Value string }
				}
			}
		}
	}
}

const keepPath = "/api/v1/projects/p/dashboards/x"

func TestKeepUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		layouts []string
		want    []string // of each layout: title, icon, theme, what its first item repeats by
	}{
		"as they were":       {[]string{"one/a", "two/b"}, []string{"one star dark job", "two  light "}},
		"in another order":   {[]string{"two/b", "one/a"}, []string{"two  light ", "one star dark job"}},
		"one renamed":        {[]string{"three/a", "two/b"}, []string{"three star dark job", "two  light "}},
		"one removed":        {[]string{"two/a"}, []string{"two  light job"}},
		"one added before":   {[]string{"new/b", "one/a", "two/b"}, []string{"new   ", "one star dark job", "two  light "}},
		"panels swapped":     {[]string{"one/b", "two/a"}, []string{"one star dark ", "two  light job"}},
		"renamed to another": {[]string{"two/a", "two/b"}, []string{"two star dark job", "two  light "}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.project("p")
			tag := w.must(200, "POST", "/api/v1/dashboards", whole).header.Get("ETag")
			saved := w.must(200, "PUT", keepPath, edited(t, c.layouts...), "If-Match: "+tag, keepHeader+": true")
			if told := saved.header.Get(keptHeader); !strings.HasPrefix(told, "spec.annotations, spec.timezone, spec.links, spec.novel, spec.layouts[") {
				t.Errorf("told %q", told)
			}
			got := decoded[kept](t, w.get(keepPath)).Spec
			if got.Display.Name != "new" || got.Duration != "2h" || got.RefreshInterval != "" {
				t.Errorf("what was edited is not as it was edited: %+v", got)
			}
			if got.Timezone != "Europe/Paris" || len(got.Links) != 1 || len(got.Annotations) != 1 || got.Novel == nil {
				t.Errorf("what the editor does not know is lost: %+v", got)
			}
			var layouts []string
			for _, l := range got.Layouts {
				layouts = append(layouts, strings.Join([]string{l.Spec.Display.Title, l.Spec.Display.Icon, l.Spec.Theme, l.Spec.Items[0].RepeatVariable.Value}, " "))
				if l.Spec.Items[0].X != 1 || l.Spec.RepeatVariable != "" {
					t.Errorf("what was edited is as it was before: %+v", l)
				}
			}
			if diff := cmp.Diff(c.want, layouts); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestKeepUnknownRefuses(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	tag := w.must(200, "POST", "/api/v1/dashboards", whole).header.Get("ETag")
	body := edited(t, "one/a")
	w.refused(400, "bad request: "+keepHeader+" needs If-Match with the ETag of the dashboard as it was read", "PUT", keepPath, body, keepHeader+": true")
	w.refused(400, `bad request: `+keepHeader+`: expected true or false, not "yes"`, "PUT", keepPath, body, keepHeader+": yes")
	w.refused(400, "bad request: "+keepHeader+" is for dashboards, not for a Project", "PUT", "/api/v1/projects/p", `{"kind":"Project","metadata":{"name":"p"},"spec":{}}`, keepHeader+": true")
	if a := w.must(412, "PUT", keepPath, body, keepHeader+": true", `If-Match: "other"`); !strings.Contains(a.body, tag[1:len(tag)-1]) {
		t.Error(a.body)
	}
	// Without the header a PUT means what it says, for percli and everybody else.
	if a := w.must(200, "PUT", keepPath, body); a.header.Get(keptHeader) != "" {
		t.Error(a.header)
	}
	if got := decoded[kept](t, w.get(keepPath)).Spec; got.Links != nil || got.Timezone != "" || got.Layouts[0].Spec.Theme != "" {
		t.Errorf("%+v", got)
	}
}

// TestKeepTabs: an editor that knows no tabs does not remove them.
func TestKeepTabs(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	tabs := strings.Replace(whole, `"layouts":[`, `"layouts":[{"kind":"Tabs","spec":{"tabs":[{"name":"t","items":[]}]}},`, 1)
	tag := w.must(200, "POST", "/api/v1/dashboards", tabs).header.Get("ETag")
	w.refused(400, "bad request: the dashboard has a layout that is not a Grid, which the editor would lose; edit it as a document",
		"PUT", keepPath, edited(t, "one/a", "two/b"), "If-Match: "+tag, keepHeader+": true")
}

// TestKeepIsEqual: saving a managed dashboard without a change is none, though the editor dropped fields (R12); a change is refused (R25).
func TestKeepIsEqual(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	w.must(200, "POST", "/api/v1/dashboards", whole)
	w.manage("Dashboard", "p", "x", "dir:/data x.yaml")
	stored := w.get(keepPath)
	var document map[string]any
	if err := json.Unmarshal([]byte(stored.body), &document); err != nil {
		t.Fatal(err)
	}
	spec := document["spec"].(map[string]any)
	for _, dropped := range []string{"links", "annotations", "novel", "timezone"} {
		delete(spec, dropped)
	}
	body, _ := json.Marshal(document)
	tag := "If-Match: " + stored.header.Get("ETag")
	if a := w.must(200, "PUT", keepPath, string(body), tag, keepHeader+": true"); a.body != stored.body {
		t.Errorf("%s, want %s", a.body, stored.body)
	}
	spec["duration"] = "3h"
	body, _ = json.Marshal(document)
	w.must(403, "PUT", keepPath, string(body), tag, keepHeader+": true")
}
