package validate

import (
	"strings"
	"testing"
)

const onePanel = `"panels":{"cpu":{"kind":"Panel","spec":{"display":{"name":"CPU"},"plugin":{"kind":"Markdown","spec":{}}}}}`

// grid is a dashboard of one panel, cpu, and a grid of items with these references.
func grid(refs ...string) string {
	return `{` + onePanel + `,"layouts":[{"kind":"Grid","spec":{"items":[` + gridItems(refs...) + `]}}]}`
}

func gridItems(refs ...string) string {
	var items []string
	for _, ref := range refs {
		items = append(items, `{"x":0,"y":0,"width":1,"height":1,"content":{"$ref":"`+ref+`"}}`)
	}
	return strings.Join(items, ",")
}

func TestReferences(t *testing.T) {
	const at = `spec.layouts[0].spec.items[0].content["$ref"]: `
	runInspections(t, []inspection{
		{"good", "Dashboard", grid("#/spec/panels/cpu", "/spec/panels/cpu"), nil},
		{"no such panel", "Dashboard", grid("#/spec/panels/foo"), []string{at + `no panel found for ref "foo"`}},
		{"grammar", "Dashboard", grid("spec/panels/cpu"), []string{at + `ref "spec/panels/cpu" is not accepted`}},
		{"dot", "Dashboard", grid("#/spec/panels/a.b"), []string{at + `ref "#/spec/panels/a.b" is not accepted`}},
		{"too short", "Dashboard", grid("#/spec"), []string{at + `reference "#/spec" is pointing to the void`}},
		{"too long", "Dashboard", grid("#/spec/panels/cpu/spec"), []string{at + `reference "#/spec/panels/cpu/spec" is pointing to the void`}},
		{"not the spec", "Dashboard", grid("#/metadata/panels/cpu"),
			[]string{at + `reference "#/metadata/panels/cpu" at position 0 doesn't have the expected element "spec"`}},
		{"not the panels", "Dashboard", grid("#/spec/layouts/cpu"),
			[]string{at + `reference "#/spec/layouts/cpu" at position 1 doesn't have the expected element "panels"`}},
		{"every one is reported", "Dashboard", grid("#/spec/panels/a", "#/spec/panels/cpu", "#/spec/panels/b"), []string{
			at + `no panel found for ref "a"`,
			strings.Replace(at, "items[0]", "items[2]", 1) + `no panel found for ref "b"`,
		}},
		{"tabs", "Dashboard", `{"layouts":[{"kind":"Tabs","spec":{"tabs":[{"name":"t","items":[]},{"name":"u","items":[` + gridItems("#/spec/panels/foo") + `]}]}}]}`,
			[]string{`spec.layouts[0].spec.tabs[1].items[0].content["$ref"]: no panel found for ref "foo"`}},
		{"no panels, no layouts", "Dashboard", `{}`, nil},
		{"ephemeral", "EphemeralDashboard", `{"ttl":"1d",` + grid("#/spec/panels/foo")[1:], []string{at + `no panel found for ref "foo"`}},
	})
}

func TestPanelIDs(t *testing.T) {
	panel := func(id string) string {
		return `{"panels":{"` + id + `":{"kind":"Panel","spec":{"plugin":{"kind":"Markdown","spec":{}}}}}}`
	}
	long := strings.Repeat("x", 76)
	runInspections(t, []inspection{
		{"every letter", "Dashboard", panel("aZ0_.-"), nil},
		{"longest", "Dashboard", panel(long[1:]), nil},
		{"too long", "Dashboard", panel(long), []string{"spec.panels." + long + ": cannot contain more than 75 characters"}},
		{"empty", "Dashboard", panel(""), []string{`spec.panels[""]: name cannot be empty`}},
		{"space", "Dashboard", panel("a b"),
			[]string{`spec.panels["a b"]: "a b" is not a correct name. It should match the regexp: ^[a-zA-Z0-9_.-]+$`}},
	})
}
