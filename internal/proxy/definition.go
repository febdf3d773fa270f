package proxy

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// definition is the HTTP proxy that a datasource asks for (perses.md §1.9).
type definition struct {
	plugin  string // the kind of the plugin
	url     *url.URL
	allowed []endpoint // empty for everything
	headers []header
	secret  string // name; "" for none
}

type endpoint struct {
	method  string
	pattern *regexp.Regexp
}

type header struct{ name, value string }

var (
	errSQL   = problem.New(problem.Unimplemented, "the datasource asks for a proxy to an SQL database, which this version does not have")
	errNoURL = errors.New("its url does not begin with http:// or https://, followed by a host")
)

// define reads the definition out of a datasource's spec. Its errors may be shown: none of them quotes a URL, which may hold a password.
func define(spec *resource.Value) (*definition, error) {
	plugin := spec.Get("plugin")
	proxy, sql := find(plugin.Get("spec"))
	switch {
	case sql:
		return nil, errSQL
	case proxy == nil:
		return nil, problem.New(problem.Invalid, "the datasource has no HTTPProxy in its spec: it is to be asked directly, not through this server")
	}
	d := &definition{plugin: plugin.Str("kind"), secret: text(proxy, "secret")}
	var err error
	if d.url, err = url.Parse(text(proxy, "url")); err != nil || d.url.Hostname() == "" || d.url.Scheme != "http" && d.url.Scheme != "https" {
		return nil, undefined(errNoURL)
	}
	if d.allowed, err = endpoints(folded(proxy, "allowedEndpoints")); err != nil {
		return nil, undefined(err)
	}
	d.headers = headers(folded(proxy, "headers"))
	return d, nil
}

// undefined is for a proxy that is there and cannot be used. Documents written past our checks can hold anything.
func undefined(err error) error {
	return problem.New(problem.Upstream, "unable to build or find the config: "+err.Error())
}

// find looks for a proxy as Perses does: any object with a kind and a spec, anywhere in the spec of the plugin.
func find(v *resource.Value) (http *resource.Value, sql bool) {
	if v == nil {
		return nil, false
	}
	if spec := folded(v, "spec"); spec != nil {
		switch strings.ToLower(text(v, "kind")) {
		case "httpproxy":
			return spec, false
		case "sqlproxy":
			return nil, true
		}
	}
	for i := range v.Items {
		if http, sql = find(&v.Items[i]); http != nil || sql {
			return http, sql
		}
	}
	for i := range v.Fields {
		if http, sql = find(&v.Fields[i].Value); http != nil || sql {
			return http, sql
		}
	}
	return nil, false
}

// folded is the last member of an object with a name, whatever its case; nil if there is none.
func folded(v *resource.Value, name string) *resource.Value {
	for i := len(v.Fields) - 1; i >= 0; i-- {
		if strings.EqualFold(v.Fields[i].Name, name) {
			return &v.Fields[i].Value
		}
	}
	return nil
}

func text(v *resource.Value, name string) string {
	if field := folded(v, name); field != nil && field.Type == resource.String {
		return field.Text
	}
	return ""
}

func endpoints(list *resource.Value) ([]endpoint, error) {
	if list == nil {
		return nil, nil
	}
	var found []endpoint
	for i := range list.Items {
		pattern, err := regexp.Compile(text(&list.Items[i], "endpointPattern"))
		if err != nil {
			return nil, fmt.Errorf("allowedEndpoints[%d]: the pattern is no regular expression", i)
		}
		found = append(found, endpoint{text(&list.Items[i], "method"), pattern})
	}
	return found, nil
}

// notConfigured are headers that no datasource sets: credentials are a secret's, and the rest is about the connection.
var notConfigured = map[string]bool{
	"Authorization": true, "Connection": true, "Content-Length": true, "Host": true, "Keep-Alive": true, "Proxy-Authorization": true,
	"Proxy-Connection": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
}

func headers(object *resource.Value) []header {
	if object == nil {
		return nil
	}
	var found []header
	for _, f := range object.Fields {
		if name := http.CanonicalHeaderKey(f.Name); f.Value.Type == resource.String && !notConfigured[name] {
			found = append(found, header{name, f.Value.Text})
		}
	}
	return found
}

// permits says whether the rules let a request through. Patterns match anywhere in the path, as in Perses.
func (d *definition) permits(method, path string) bool {
	for _, e := range d.allowed {
		if e.method == method && e.pattern.MatchString(path) {
			return true
		}
	}
	return len(d.allowed) == 0
}
