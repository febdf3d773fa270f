package validate

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

var (
	proxyMethods = []string{"GET", "POST", "DELETE", "PUT", "PATCH"}
	sqlDrivers   = []string{"mysql", "mariadb", "postgres"}
	sslModes     = []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
)

// proxies finds proxy definitions as Perses does (perses.md §1.9): anywhere in a plugin's spec, any object with a kind and a spec.
// A datasource without one is legal.
func (c *check) proxies(n node) {
	if spec := n.fold("spec"); spec.v != nil {
		switch strings.ToLower(n.fold("kind").str()) {
		case "httpproxy":
			c.httpProxy(spec)
			return
		case "sqlproxy":
			c.sqlProxy(spec)
			return
		}
	}
	for _, item := range n.items() {
		c.proxies(item)
	}
	for _, field := range n.fields() {
		c.proxies(field)
	}
}

func (c *check) httpProxy(spec node) {
	c.proxyURL(spec.fold("url"))
	for _, endpoint := range spec.fold("allowedEndpoints").items() {
		c.endpoint(endpoint)
	}
	for _, header := range spec.fold("headers").fields() {
		c.proxyText(header)
	}
	c.proxyText(spec.fold("secret"))
}

// proxyURL never quotes the URL, nor what net/url says of it: it may hold a password.
func (c *check) proxyURL(at node) {
	text, ok := c.proxyText(at)
	if !ok {
		return
	}
	if text == "" {
		c.fail(at, problem.CodeRequired, "url cannot be empty")
	} else if _, err := url.Parse(text); err != nil {
		c.failHint(at, problem.CodeValue, "write it as http://host:port/path", "url is not a valid URL")
	}
}

func (c *check) endpoint(n node) {
	pattern, method := n.fold("endpointPattern"), n.fold("method")
	if text, ok := c.proxyText(pattern); ok && text == "" {
		c.fail(pattern, problem.CodeRequired, "HTTP endpoint pattern cannot be empty")
	} else if _, err := regexp.Compile(text); err != nil {
		c.fail(pattern, problem.CodeValue, "%s", shown(err.Error()))
	}
	if text, ok := c.proxyText(method); ok && text == "" {
		c.fail(method, problem.CodeRequired, "HTTP method cannot be empty")
	} else if ok && !slices.Contains(proxyMethods, text) {
		c.fail(method, problem.CodeValue, "%q is not a valid http method. Current supported HTTP method: %s",
			shown(text), strings.Join(proxyMethods, ", "))
	}
}

func (c *check) sqlProxy(spec node) {
	c.sqlDriver(spec)
	for _, name := range []string{"host", "database"} {
		at := spec.fold(name)
		if text, ok := c.proxyText(at); ok && text == "" {
			c.fail(at, problem.CodeRequired, "%s cannot be empty", name)
		}
	}
	c.proxyText(spec.fold("secret"))
	postgres := spec.fold("postgres")
	c.sslMode(postgres.fold("ssl_mode"))
	c.sslMode(postgres.fold("sslMode")) // as it was written up to 0.53
}

// sqlDriver may be left out where the block of its settings says which it is.
func (c *check) sqlDriver(spec node) {
	at := spec.fold("driver")
	driver, ok := c.proxyText(at)
	for _, name := range sqlDrivers {
		if driver == "" && spec.fold(name).present() {
			driver = name
		}
	}
	switch {
	case !ok:
	case driver == "":
		c.failHint(at, problem.CodeRequired, "one of "+strings.Join(sqlDrivers, ", "), "driver is required")
	case !slices.Contains(sqlDrivers, driver):
		c.failHint(at, problem.CodeValue, "one of "+strings.Join(sqlDrivers, ", "), "driver %s is not supported", shown(driver))
	}
}

func (c *check) sslMode(at node) {
	if mode, ok := c.proxyText(at); ok && mode != "" && !slices.Contains(sslModes, mode) {
		c.failHint(at, problem.CodeValue, "one of "+strings.Join(sslModes, ", "), "ssl mode %q is not supported", shown(mode))
	}
}

// proxyText is the text of a field of a proxy, "" if it is not there, and false, with a problem, if it is no string.
func (c *check) proxyText(at node) (string, bool) {
	if at.present() && !at.is(resource.String) {
		c.fail(at, problem.CodeType, "expected a string")
		return "", false
	}
	return at.str(), true
}
