package resource

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCustomResources reads what the Perses operator reads.
func TestCustomResources(t *testing.T) {
	const rest = `"createdAt":"0001-01-01T00:00:00Z","updatedAt":"0001-01-01T00:00:00Z","version":0`
	tests := []struct {
		text, want string
		problems   []string
	}{
		{`apiVersion: perses.dev/v1alpha1
kind: PersesDashboard
metadata: {name: d, namespace: team, labels: {a: b}, uid: x}
spec: {duration: 2h, instanceSelector: {}}
`, `{"kind":"Dashboard","metadata":{"name":"d",` + rest + `,"project":"team"},"spec":{"panels":null,"layouts":null,"duration":"2h"}}`, nil},
		{`apiVersion: perses.dev/v1alpha2
kind: PersesDatasource
metadata: {name: d, namespace: team}
spec:
  client: {tls: {enable: true}}
  config: {default: true, plugin: {kind: K}, x: 1}
`, `{"kind":"Datasource","metadata":{"name":"d",` + rest + `,"project":"team"},"spec":{"default":true,"plugin":{"kind":"K","spec":{}},"x":1}}`,
			[]string{"? spec.client: client is not carried over from the custom resource", `? spec.config.x: unknown field "x"`}},
		{`apiVersion: perses.dev/v1alpha2
kind: PersesGlobalDatasource
metadata: {name: d, namespace: ignored}
spec: {config: {plugin: {kind: K}}}
`, `{"kind":"GlobalDatasource","metadata":{"name":"d",` + rest + `},"spec":{"default":false,"plugin":{"kind":"K","spec":{}}}}`, nil},
		{"apiVersion: other.dev/v1\nkind: PersesDashboard\n", "", []string{`kind: unknown kind "PersesDashboard" used`}},
	}
	for _, tt := range tests {
		docs, _ := Decode([]byte(tt.text), YAML)
		if diff := cmp.Diff(tt.problems, said(docs[0].Problems)); diff != "" {
			t.Errorf("%s\n%s", tt.text, diff)
		}
		if tt.want == "" {
			continue
		}
		if diff := cmp.Diff(tt.want, string(docs[0].Resource.JSON())); diff != "" {
			t.Errorf("%s\n%s", tt.text, diff)
		}
	}
}
