package scenario

import (
	"fmt"
	"strings"
)

const (
	yamlSpec = "spec: {panels: {}, layouts: [], duration: 1h}\n"
	jsonSpec = `"spec":{"panels":{},"layouts":[],"duration":"1h"}}`
	allKinds = "use one of Project, User, GlobalRole, GlobalRoleBinding, GlobalSecret, GlobalDatasource, GlobalVariable, Role, RoleBinding, Secret, Datasource, Variable, Dashboard, EphemeralDashboard, Folder"
	onName   = `metadata.name: %q is not a correct name. `
)

// hostileMeanings can be read, and say what cannot be.
func hostileMeanings() []hostile {
	var all []hostile
	both := func(about, yaml, json, place, want string) {
		lines := strings.Fields(place)
		all = append(all, hostile{about: about, ext: "yaml", text: yaml, want: lines[0] + ": " + want},
			hostile{about: about, ext: "json", text: json, want: lines[1] + ": " + want})
	}
	both("wrong kind", "kind: Dashbord\nmetadata: {name: NAME, project: p}\n"+yamlSpec, "{\"kind\":\"Dashbord\",\n\"metadata\":{\"name\":\"NAME\",\"project\":\"p\"},"+jsonSpec,
		"1:7 1:9", `kind: unknown kind "Dashbord" used (did you mean "Dashboard"?)`)
	both("unknown kind", "kind: ConfigMap\nmetadata: {name: NAME}\n", `{"kind":"ConfigMap","metadata":{"name":"NAME"}}`,
		"1:7 1:9", `kind: unknown kind "ConfigMap" used (`+allKinds+")")
	both("no kind", "metadata: {name: NAME, project: p}\n"+yamlSpec, `{"metadata":{"name":"NAME","project":"p"},`+jsonSpec,
		"1:1 1:1", "kind cannot be empty ("+allKinds+")")
	both("no metadata", "kind: Dashboard\n"+yamlSpec, `{"kind":"Dashboard",`+jsonSpec, "1:1 1:1", "metadata.name: name cannot be empty (add metadata.name)")
	both("no project", "kind: Dashboard\nmetadata: {name: NAME}\n"+yamlSpec, "{\"kind\":\"Dashboard\",\n\"metadata\":{\"name\":\"NAME\"},"+jsonSpec,
		"2:11 2:12", "metadata.project cannot be empty (name the project the document belongs to)")
	both("no spec", "kind: Dashboard\nmetadata: {name: NAME, project: p}\n", `{"kind":"Dashboard","metadata":{"name":"NAME","project":"p"}}`,
		"1:1 1:1", "spec cannot be empty (add spec)")
	both("a number", "42\n", "42", "1:1 1:1", "expected an object with kind, metadata and spec, found a number")
	for _, n := range []struct{ about, name, want string }{
		{"one dot", ".", fmt.Sprintf(onName, ".") + "It must not begin or end with a dot (" + rightName + ")"},
		{"two dots", "..", fmt.Sprintf(onName, "..") + "It must not begin or end with a dot (" + rightName + ")"},
		{"slash", "a/b", fmt.Sprintf(onName, "a/b") + "It should match the regexp: ^[a-zA-Z0-9_.-]+$ (" + rightName + ")"},
		{"76 bytes", strings.Repeat("a", 76), "metadata.name: cannot contain more than 75 characters (shorten it by 1)"},
	} {
		both("name of "+n.about, fmt.Sprintf("kind: Dashboard\nmetadata: {name: %q, project: p}\n", n.name)+yamlSpec,
			fmt.Sprintf("{\"kind\":\"Dashboard\",\n\"metadata\":{\"name\":%q,\"project\":\"p\"},", n.name)+jsonSpec, "2:18 2:20", n.want)
	}
	both("reference to nowhere", withContent("#/spec/panels/nope"), asJSON(`"panels":{},"layouts":[{"kind":"Grid","spec":{"items":[{"content":{"$ref":"#/spec/panels/nope"}}]}}]`),
		"5:70 2:99", `spec.layouts[0].spec.items[0].content["$ref"]: no panel found for ref "nope" (add the panel to spec.panels, or correct the reference)`)
	both("reference to anything", withContent("nope"), asJSON(`"panels":{},"layouts":[{"kind":"Grid","spec":{"items":[{"content":{"$ref":"nope"}}]}}]`),
		"5:70 2:99", `spec.layouts[0].spec.items[0].content["$ref"]: ref "nope" is not accepted (write #/spec/panels/ and the id of a panel)`)
	both("cycle of variables", fmt.Sprintf("kind: Dashboard\nmetadata: {name: NAME, project: p}\nspec:\n  panels: {}\n  layouts: []\n  duration: 1h\n  variables:\n  - %s\n  - %s\n",
		`{kind: TextVariable, spec: {name: a, value: $b}}`, `{kind: TextVariable, spec: {name: b, value: $a}}`),
		asJSON(`"panels":{},"layouts":[],"variables":[{"kind":"TextVariable","spec":{"name":"a","value":"$b"}},{"kind":"TextVariable","spec":{"name":"b","value":"$a"}}]`),
		"8:39 2:101", "spec.variables[0].spec.name: circular dependency detected (a uses b uses a: remove one of these uses)")
	return all
}

func withContent(ref string) string {
	return fmt.Sprintf("kind: Dashboard\nmetadata: {name: NAME, project: p}\nspec:\n  panels: {}\n  layouts: [{kind: Grid, spec: {items: [{x: 0, y: 0, content: {$ref: %q}}]}}]\n  duration: 1h\n", ref)
}

// asJSON is a dashboard with its spec on the second line.
func asJSON(spec string) string {
	return "{\"kind\":\"Dashboard\",\"metadata\":{\"name\":\"NAME\",\"project\":\"p\"},\n\"spec\":{\"duration\":\"1h\"," + spec + "}}"
}
