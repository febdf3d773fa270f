package resource

import (
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// customGroup is the API group of the custom resources of the Perses operator.
const customGroup = "perses.dev/"

// customKinds are the kinds that come as custom resources, under the operator's names.
var customKinds = map[string]string{
	"PersesDashboard":        "Dashboard",
	"PersesDatasource":       "Datasource",
	"PersesGlobalDatasource": "GlobalDatasource",
}

// custom rewrites a custom resource into what it contains: name and namespace become name and project, and the spec is the
// resource's own, or what it has under config. Nothing else of Kubernetes is carried over. Other documents are returned as they are.
func (w *walker) custom(v Value) Value {
	version := v.foldedLast("apiVersion")
	kind, known := customKinds[v.foldedLast("kind").Text]
	if !known || !strings.HasPrefix(version.Text, customGroup) {
		return v
	}
	spec := v.foldedLast("spec")
	config := spec.foldedLast("config")
	if config.Type == Object {
		w.nested = []step{{name: "config"}}
		w.client(spec)
		spec = config
	}
	return Value{Type: Object, Fields: []Field{
		{Name: "kind", Value: Value{Type: String, Text: kind}},
		{Name: "metadata", Value: customMetadata(v.foldedLast("metadata"), kind)},
		{Name: "spec", Value: withoutSelector(spec)},
	}}
}

func customMetadata(metadata Value, kind string) Value {
	out := Value{Type: Object, Fields: []Field{{Name: "name", Value: metadata.foldedLast("name")}}}
	if k, err := KindByName(kind); err == nil && k.Project {
		out.Fields = append(out.Fields, Field{Name: "project", Value: metadata.foldedLast("namespace")})
	}
	return out
}

// client warns of the operator's own way to give credentials, which has no counterpart here.
func (w *walker) client(spec Value) {
	if v := spec.foldedLast("client"); v.Type == Null {
		return
	}
	w.path = append(w.path, step{name: "spec"}, step{name: "client"})
	w.report(problem.Problem{Code: problem.CodeUnsupported, Severity: problem.Warning,
		Message: "client is not carried over from the custom resource", Hint: "write a Secret and name it in the datasource's proxy"})
	w.path = w.path[:0]
}

// withoutSelector drops the operator's choice of servers.
func withoutSelector(spec Value) Value {
	var kept []Field
	for _, f := range spec.Fields {
		if f.Name != "instanceSelector" {
			kept = append(kept, f)
		}
	}
	if spec.Type == Object {
		spec.Fields = kept
	}
	return spec
}
