package proxy

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoutes(t *testing.T) {
	p := &Proxy{Options: Options{Prefix: "/base"}}
	for path, want := range map[string]route{
		"/base/proxy/globaldatasources/D":                                 {global: true, name: "d"},
		"/base/proxy/globaldatasources/d/":                                {global: true, name: "d", rest: "/"},
		"/base/proxy/globaldatasources/d//x%2Fy/":                         {global: true, name: "d", rest: "//x%2Fy/"},
		"/base/proxy/projects/P/datasources/D/x":                          {project: "p", name: "d", rest: "/x"},
		"/base/proxy/projects/datasources/datasources/datasources":        {project: "datasources", name: "datasources"},
		"/base/proxy/projects/p/dashboards/B/datasources/A%20b%2Fc/x":     {project: "p", dashboard: "b", name: "A b/c", rest: "/x"},
		"/base/proxy/unsaved/globaldatasources":                           {unsaved: true, global: true},
		"/base/proxy/unsaved/globaldatasources/x":                         {unsaved: true, global: true, rest: "/x"},
		"/base/proxy/unsaved/projects/p/datasources/x":                    {unsaved: true, project: "p", rest: "/x"},
		"/base/proxy/unsaved/projects/p/dashboards/b/datasources/":        {unsaved: true, project: "p", dashboard: "b", rest: "/"},
		"/proxy/globaldatasources/d":                                      {},
		"/base/proxy/globaldatasources":                                   {},
		"/base/proxy/globaldatasources//x":                                {},
		"/base/proxy/projects/p/dashboards//datasources/d":                {},
		"/base/proxy/unsaved":                                             {},
		"/base/proxy/unsaved/unsaved/globaldatasources":                   {},
		"/base/proxy/unsaved/projects/p/dashboards/b/other/datasources/d": {},
	} {
		u, err := url.Parse(path)
		must(t, err)
		way, ok := p.route(&http.Request{URL: u})
		if !ok {
			way = route{}
		}
		if diff := cmp.Diff(want, way, cmp.AllowUnexported(route{})); diff != "" || ok != (want != route{}) {
			t.Errorf("%s: %v %s", path, ok, diff)
		}
	}
}
