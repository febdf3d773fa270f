package validate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// R34: whatever would have the server read a file or a variable of its own is known.
func TestR34ReferencesAreFound(t *testing.T) {
	for _, tt := range []struct {
		kind, spec string
		want       []string
	}{
		{"Secret", `{"basicAuth":{"username":"u","passwordFile":"/p"}}`, []string{"spec.basicAuth.passwordFile"}},
		{"GlobalSecret", `{"tlsConfig":{"caFile":"/a","certFile":"","keyFile":"/k"}}`, []string{"spec.tlsConfig.caFile", "spec.tlsConfig.keyFile"}},
		{"Secret", `{"authorization":{"credentials":"${file:/var/run/token}"}}`, []string{"spec.authorization.credentials"}},
		{"Secret", `{"oauth":{"clientID":"i","clientSecret":"s","tokenURL":"http://x","CLIENTSECRETFILE":"/x"}}`, []string{"spec.oauth.clientSecretFile"}},
		{"Secret", `{"oauth":{"clientID":"i","clientSecret":"s","tokenURL":"http://x"}}`, nil},
		{"Datasource", `{"plugin":{"kind":"P","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://x","headers":{"a":"b ${env:HOME}"}}}}}}`,
			[]string{"spec.plugin.spec.proxy.spec.headers.a"}},
		{"Datasource", `{"plugin":{"kind":"P","spec":{"directUrl":"http://x/$file","profile":"x"}}}`, nil},
		{"Dashboard", `{"panels":{},"layouts":[],"display":{"description":"${file:/a}"}}`, nil},
	} {
		facts, _ := Inspect(decode(t, tt.kind, tt.spec))
		if diff := cmp.Diff(tt.want, facts.Files); diff != "" {
			t.Errorf("%s %s: %s", tt.kind, tt.spec, diff)
		}
	}
}
