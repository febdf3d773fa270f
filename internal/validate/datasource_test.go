package validate

import "testing"

func TestLocalDefaultDatasources(t *testing.T) {
	datasources := func(members string) string { return `{"datasources":{` + members + `}}` }
	runInspections(t, []inspection{
		{"one of each kind", "Dashboard", datasources(`"a":{"default":true,"plugin":{"kind":"K"}},"b":{"default":true,"plugin":{"kind":"L"}}`), nil},
		{"one default of two", "Dashboard", datasources(`"a":{"default":true,"plugin":{"kind":"K"}},"b":{"default":false,"plugin":{"kind":"K"}}`), nil},
		{"two defaults", "Dashboard", datasources(`"a":{"default":true,"plugin":{"kind":"K"}},"b b":{"default":true,"plugin":{"kind":"K"}}`),
			[]string{`spec.datasources["b b"].default: b b can not be defined as default datasource: there is already a default defined for kind "K"`}},
		{"proxy", "Dashboard", datasources(`"a":{"default":true,"plugin":{"kind":"K","spec":{"proxy":{"kind":"HTTPProxy","spec":{}}}}}`),
			[]string{"spec.datasources.a.plugin.spec.proxy.spec.url: url cannot be empty"}},
	})
}

// plugin is the spec of a datasource whose plugin has this spec.
func plugin(spec string) string { return `{"default":false,"plugin":{"kind":"K","spec":` + spec + `}}` }

func TestProxyDiscovery(t *testing.T) {
	runInspections(t, []inspection{
		{"none", "Datasource", plugin(`{"directUrl":"http://x"}`), nil},
		{"no plugin spec", "Datasource", `{"default":false,"plugin":{"kind":"K"}}`, nil},
		{"another kind", "Datasource", plugin(`{"proxy":{"kind":"Other","spec":{}}}`), nil},
		{"no spec", "Datasource", plugin(`{"proxy":{"kind":"HTTPProxy"}}`), nil},
		{"kind that is no text", "Datasource", plugin(`{"proxy":{"kind":1,"spec":{"kind":"HTTPProxy"}}}`), nil},
		{"global", "GlobalDatasource", plugin(`{"proxy":{"kind":"HTTPProxy","spec":{}}}`),
			[]string{"spec.plugin.spec.proxy.spec.url: url cannot be empty"}},
		{"the plugin's spec itself", "Datasource", plugin(`{"kind":"HTTPProxy","spec":{}}`), []string{"spec.plugin.spec.spec.url: url cannot be empty"}},
		{"any case, anywhere", "Datasource", plugin(`{"a":[{"Kind":"httpproxy","SPEC":{"URL":""}}]}`),
			[]string{"spec.plugin.spec.a[0].SPEC.URL: url cannot be empty"}},
		{"several", "Datasource", plugin(`{"a":{"kind":"HTTPProxy","spec":null},"b":{"kind":"SQLProxy","spec":{"driver":"mysql","host":"h"}}}`), []string{
			"spec.plugin.spec.a.spec.url: url cannot be empty",
			"spec.plugin.spec.b.spec.database: database cannot be empty",
		}},
	})
}

func TestHTTPProxy(t *testing.T) {
	const at = "spec.plugin.spec.proxy.spec."
	proxy := func(spec string) string { return plugin(`{"proxy":{"kind":"HTTPProxy","spec":` + spec + `}}`) }
	endpoint := func(e string) string { return proxy(`{"url":"http://x","allowedEndpoints":[` + e + `]}`) }
	runInspections(t, []inspection{
		{"all of it", "Datasource", proxy(`{"url":"http://x:9090/a?b","allowedEndpoints":[{"endpointPattern":"/api/.*","method":"GET"}],"headers":{"X":"y"},"secret":"s"}`), nil},
		{"the URL holds a password", "Datasource", proxy(`{"url":"http://u:pass word@x:y z"}`), []string{at + "url: url is not a valid URL"}},
		{"URL of another type", "Datasource", proxy(`{"url":1}`), []string{at + "url: expected a string"}},
		{"header of another type", "Datasource", proxy(`{"url":"http://x","headers":{"X-A":1}}`), []string{at + "headers.X-A: expected a string"}},
		{"secret of another type", "Datasource", proxy(`{"url":"http://x","secret":{}}`), []string{at + "secret: expected a string"}},
		{"no method", "Datasource", endpoint(`{"endpointPattern":"/"}`), []string{at + "allowedEndpoints[0].method: HTTP method cannot be empty"}},
		{"no pattern", "Datasource", endpoint(`{"method":"GET"}`), []string{at + "allowedEndpoints[0].endpointPattern: HTTP endpoint pattern cannot be empty"}},
		{"method", "Datasource", endpoint(`{"endpointPattern":"/","method":"PATCH"},{"endpointPattern":"/","method":"HEAD"}`),
			[]string{at + `allowedEndpoints[1].method: "HEAD" is not a valid http method. Current supported HTTP method: GET, POST, DELETE, PUT, PATCH`}},
		{"pattern", "Datasource", endpoint(`{"endpointPattern":"(","method":"GET"}`),
			[]string{at + "allowedEndpoints[0].endpointPattern: error parsing regexp: missing closing ): `(`"}},
	})
}

func TestSQLProxy(t *testing.T) {
	const at = "spec.plugin.spec.proxy.spec."
	proxy := func(rest string) string {
		return plugin(`{"proxy":{"kind":"SQLProxy","spec":{"host":"h","database":"d"` + rest + `}}}`)
	}
	runInspections(t, []inspection{
		{"driver", "Datasource", proxy(`,"driver":"mariadb","secret":"s"`), nil},
		{"driver by its block", "Datasource", proxy(`,"postgres":{"ssl_mode":"verify-full"}`), nil},
		{"driver missing", "Datasource", proxy(``), []string{at + "driver: driver is required"}},
		{"driver unknown", "Datasource", proxy(`,"driver":"oracle"`), []string{at + "driver: driver oracle is not supported"}},
		{"driver of another type", "Datasource", proxy(`,"driver":1`), []string{at + "driver: expected a string"}},
		{"ssl mode", "Datasource", proxy(`,"postgres":{"ssl_mode":"on"}`), []string{at + `postgres.ssl_mode: ssl mode "on" is not supported`}},
		{"older spelling", "Datasource", proxy(`,"postgres":{"sslMode":"on"}`), []string{at + `postgres.sslMode: ssl mode "on" is not supported`}},
		{"nothing", "Datasource", plugin(`{"proxy":{"kind":"SQLProxy","spec":{}}}`), []string{
			at + "driver: driver is required", at + "host: host cannot be empty", at + "database: database cannot be empty",
		}},
	})
}
