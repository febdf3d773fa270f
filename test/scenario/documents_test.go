package scenario

import (
	"encoding/json"
	"fmt"
)

const projectP = "kind: Project\nmetadata: {name: p}\nspec: {}\n"

// dashboard is a dashboard of project p with a title.
func dashboard(name, title string) string { return dashboardIn("p", name, title) }

func dashboardIn(project, name, title string) string {
	return fmt.Sprintf(`kind: Dashboard
metadata: {name: %s, project: %s}
spec:
  display: {name: %q}
  panels: {}
  layouts: []
  duration: 1h
`, name, project, title)
}

// dashboardJSON is a dashboard as the API takes it.
func dashboardJSON(name, title string) string {
	return fmt.Sprintf(`{"kind":"Dashboard","metadata":{"name":%q,"project":"p"},"spec":{"display":{"name":%q},"panels":{},"layouts":[],"duration":"1h"}}`, name, title)
}

// invalid is a dashboard whose duration is none.
func invalid(name string) string {
	return fmt.Sprintf("kind: Dashboard\nmetadata: {name: %s, project: p}\nspec:\n  panels: {}\n  layouts: []\n  duration: soon\n", name)
}

// datasource is a global datasource, the default one or not.
func datasource(name string, isDefault bool) string {
	return fmt.Sprintf(`kind: GlobalDatasource
metadata: {name: %s}
spec:
  default: %t
  plugin: {kind: PrometheusDatasource, spec: {directUrl: "http://localhost:9090"}}
`, name, isDefault)
}

// retitled is a stored dashboard with another title, as somebody sends it who has read it before.
func retitled(body, title string) string {
	var d map[string]any
	if json.Unmarshal([]byte(body), &d) != nil {
		return body
	}
	d["spec"].(map[string]any)["display"] = map[string]any{"name": title}
	data, _ := json.Marshal(d) // what was decoded can be encoded
	return string(data)
}
