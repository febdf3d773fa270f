package proxy

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// dialTimeout bounds making a connection, over all addresses of a name.
const dialTimeout = 30 * time.Second

// Destinations are networks and hosts. A host is a lower-case name, or *.name for every name below it.
type Destinations struct {
	Networks []netip.Prefix
	Hosts    []string
}

func (d Destinations) holds(a netip.Addr) bool {
	return slices.ContainsFunc(d.Networks, func(n netip.Prefix) bool { return n.Contains(a) })
}

func (d Destinations) names(host string) bool {
	return slices.ContainsFunc(d.Hosts, func(pattern string) bool {
		below, star := strings.CutPrefix(pattern, "*")
		return host == pattern || star && strings.HasSuffix(host, below)
	})
}

// guard decides what may be connected to. What deny names may not. Where allow names anything, only that may, by name or by address.
// And what is refused by default has to be named in allow by its own address or network: a host that is allowed must not come to
// mean the metadata of a cloud because somebody changed its address.
type guard struct {
	allow, deny Destinations
	resolver    *net.Resolver
	outgoing    func(*http.Request) (*url.URL, error) // finds the proxy before us and the datasource, as of http.ProxyFromEnvironment
}

// refusal says what may not be connected to, and why.
type refusal struct{ what, why string }

// Error implements error.
func (r *refusal) Error() string { return fmt.Sprintf("%s may not be reached: %s", r.what, r.why) }

type reserved struct {
	network netip.Prefix
	what    string
}

const (
	linkLocal = "it is a link-local address, where clouds serve credentials to whoever asks"
	metadata  = "it is where a cloud serves credentials to whoever asks"
	nobody    = "it is the address of no host"
)

// byDefault is what is refused unless allow names it. Loopback and private networks are not here: Prometheus tends to be there.
var byDefault = []reserved{
	{netip.MustParsePrefix("169.254.0.0/16"), linkLocal},
	{netip.MustParsePrefix("fe80::/10"), linkLocal},
	{netip.MustParsePrefix("fd00:ec2::/32"), metadata},          // AWS
	{netip.MustParsePrefix("fd20:ce::254/128"), metadata},       // Google
	{netip.MustParsePrefix("fd00:c1::a9fe:a9fe/128"), metadata}, // Oracle
	{netip.MustParsePrefix("192.0.0.192/32"), metadata},         // Oracle
	{netip.MustParsePrefix("168.63.129.16/32"), metadata},       // Azure
	{netip.MustParsePrefix("100.100.100.200/32"), metadata},     // Alibaba
	{netip.MustParsePrefix("0.0.0.0/8"), nobody},
	{netip.MustParsePrefix("::/128"), nobody},
	{netip.MustParsePrefix("224.0.0.0/4"), nobody},
	{netip.MustParsePrefix("255.255.255.255/32"), nobody},
	{netip.MustParsePrefix("ff00::/8"), nobody},
}

// metadataHosts matter where an outgoing proxy finds the addresses of names, not we.
var metadataHosts = []string{"metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"}

// host decides on a name, or on an address that stands for one. named says that allow names it.
func (g *guard) host(host string) (named bool, err error) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	switch {
	case g.deny.names(host):
		return false, &refusal{host, "delivery.proxy.deny names it"}
	case slices.Contains(metadataHosts, host):
		return false, &refusal{host, metadata}
	}
	return g.allow.names(host), nil
}

// address decides on an address that is about to be connected to, on behalf of a host that allow names or not.
func (g *guard) address(a netip.Addr, named bool) error {
	a = a.WithZone("")
	for _, meant := range meanings(a) {
		if g.deny.holds(meant) {
			return &refusal{a.String(), "delivery.proxy.deny names it"}
		}
		if r := reservedOf(meant); r != nil && !g.excepted(meant, r) {
			return &refusal{a.String(), r.what + "; delivery.proxy.allow has to name it"}
		}
	}
	if g.limited() && !named && !g.allow.holds(a.Unmap()) {
		return &refusal{a.String(), "delivery.proxy.allow does not name it"}
	}
	return nil
}

func (g *guard) limited() bool { return len(g.allow.Networks)+len(g.allow.Hosts) > 0 }

func reservedOf(a netip.Addr) *reserved {
	for i := range byDefault {
		if byDefault[i].network.Contains(a) {
			return &byDefault[i]
		}
	}
	return nil
}

// excepted says whether allow names a network inside of what is reserved: 0.0.0.0/0 is not meant to.
func (g *guard) excepted(a netip.Addr, r *reserved) bool {
	return slices.ContainsFunc(g.allow.Networks, func(n netip.Prefix) bool {
		return n.Contains(a) && n.Bits() >= r.network.Bits() && r.network.Contains(n.Addr())
	})
}

var (
	compatible = netip.MustParsePrefix("::/96")
	nat64      = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour  = netip.MustParsePrefix("2002::/16")
)

// meanings are an address, and the IPv4 address that it carries for whoever translates it on the way.
func meanings(a netip.Addr) []netip.Addr {
	if a = a.Unmap(); a.Is4() {
		return []netip.Addr{a}
	}
	bytes := a.As16()
	switch {
	case nat64.Contains(a), compatible.Contains(a) && !a.IsUnspecified() && !a.IsLoopback():
		return []netip.Addr{a, netip.AddrFrom4([4]byte(bytes[12:]))}
	case sixToFour.Contains(a):
		return []netip.Addr{a, netip.AddrFrom4([4]byte(bytes[2:6]))}
	}
	return []netip.Addr{a}
}

// dial makes a connection to host:port. Every address that a name turns out to have is decided on right before it is connected to.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	named, err := g.host(host)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{
		Timeout: dialTimeout, Resolver: g.resolver,
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil {
				return &refusal{host, "it has no address that can be decided on"}
			}
			return g.address(to.Addr(), named)
		},
	}
	return dialer.DialContext(ctx, network, address)
}

// way is the outgoing proxy for a request, nil for none. That proxy finds the addresses of names, so that
// only what the URL says can be decided on; the connection to the proxy itself is decided on as any other.
func (g *guard) way(r *http.Request) (*url.URL, error) {
	outgoing, err := g.outgoing(r)
	if outgoing == nil || err != nil {
		return nil, err
	}
	host := r.URL.Hostname()
	named, err := g.host(host)
	if err != nil {
		return nil, err
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return outgoing, g.address(a, named)
	}
	switch last := host[strings.LastIndexByte(strings.TrimSuffix(host, "."), '.')+1:]; {
	case last == "" || last[0] >= '0' && last[0] <= '9': // an address, in a spelling that only some programs read
		return nil, &refusal{host, "it is neither a name nor an address in its usual form"}
	case g.limited() && !named:
		return nil, &refusal{host, "delivery.proxy.allow does not name it"}
	}
	return outgoing, nil
}
