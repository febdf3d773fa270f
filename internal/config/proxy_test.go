package config

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestProxy(t *testing.T) {
	c, problems := load(t, quiet(`
delivery:
  proxy:
    allow: [10.1.2.3/8, 192.0.2.7, "[2001:db8::1]", "::ffff:192.0.2.8", Prometheus.Example.com., "*.monitoring.svc"]
    secret_directories: [/etc/perseid/secrets]
`), "PERSES_DELIVERY_PROXY_DENY_0=10.0.0.1", "PERSES_DELIVERY_PROXY_TIMEOUT=30s")
	if problems != nil {
		t.Fatal(problems)
	}
	got, err := ParseDestinations(c.Delivery.Proxy.Allow)
	if err != nil {
		t.Fatal(err)
	}
	want := Destinations{
		Networks: []netip.Prefix{
			netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"),
			netip.MustParsePrefix("2001:db8::1/128"), netip.MustParsePrefix("192.0.2.8/32"),
		},
		Hosts: []string{"prometheus.example.com", "*.monitoring.svc"},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Error(diff)
	}
	if p := c.Delivery.Proxy; len(p.Deny) != 1 || p.Deny[0] != "10.0.0.1" || time.Duration(p.Timeout) != 30*time.Second {
		t.Errorf("%+v", p)
	}
}

func TestProxyRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`allow: ["http://x"]`:           `delivery.proxy.allow[0]: "http://x" is neither a network, nor an address, nor the name of a host`,
		`allow: [a, "x:9090"]`:          `delivery.proxy.allow[1]: "x:9090" is neither`,
		`deny: [10.0.0]`:                `delivery.proxy.deny[0]: "10.0.0" is neither`,
		`deny: ["10.0.0.0/33"]`:         `delivery.proxy.deny[0]: "10.0.0.0/33" is neither`,
		`deny: ["*"]`:                   `delivery.proxy.deny[0]: "*" is neither`,
		`deny: ["a.*.b"]`:               `delivery.proxy.deny[0]: "a.*.b" is neither`,
		`secret_directories: [secrets]`: `delivery.proxy.secret_directories[0]: "secrets" is not an absolute path`,
	} {
		if _, got := load(t, quiet("delivery: {proxy: {"+text+"}}\n")); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%s: %q does not contain %q", text, got, want)
		}
	}
}
