package proxy

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

func networks(texts ...string) (d Destinations) {
	for _, text := range texts {
		d.Networks = append(d.Networks, netip.MustParsePrefix(text))
	}
	return d
}

func TestGuardAddresses(t *testing.T) {
	const plain = ""
	for name, c := range map[string]struct {
		guard   guard
		address string
		named   bool
		want    string // a part of why it is refused
	}{
		"private":                     {guard{}, "10.1.2.3", false, plain},
		"loopback":                    {guard{}, "127.0.0.1", false, plain},
		"loopback, IPv6":              {guard{}, "::1", false, plain},
		"unique local":                {guard{}, "fd00::1", false, plain},
		"public":                      {guard{}, "192.0.2.1", false, plain},
		"metadata":                    {guard{}, "169.254.169.254", false, "link-local"},
		"metadata, mapped":            {guard{}, "::ffff:169.254.169.254", false, "link-local"},
		"metadata, compatible":        {guard{}, "::169.254.169.254", false, "link-local"},
		"metadata, translated":        {guard{}, "64:ff9b::a9fe:a9fe", false, "link-local"},
		"metadata, tunnelled":         {guard{}, "2002:a9fe:a9fe::1", false, "link-local"},
		"metadata by a name":          {guard{}, "169.254.169.254", true, "link-local"},
		"link-local, IPv6, with zone": {guard{}, "fe80::1%eth0", false, "link-local"},
		"metadata of AWS, IPv6":       {guard{}, "fd00:ec2::254", false, "credentials"},
		"metadata of Google, IPv6":    {guard{}, "fd20:ce::254", false, "credentials"},
		"metadata of Alibaba":         {guard{}, "100.100.100.200", false, "credentials"},
		"unspecified":                 {guard{}, "0.0.0.0", false, "no host"},
		"unspecified, IPv6":           {guard{}, "::", false, "no host"},
		"multicast":                   {guard{}, "ff02::1", false, "no host"},

		"everything":               {guard{allow: networks("0.0.0.0/0", "::/0")}, "169.254.169.254", false, "link-local"},
		"an exception":             {guard{allow: networks("169.254.20.0/24")}, "169.254.20.10", false, plain},
		"beside an exception":      {guard{allow: networks("169.254.20.0/24")}, "169.254.169.254", false, "link-local"},
		"an exception for one":     {guard{allow: networks("fe80::1/128")}, "fe80::1%eth0", false, plain},
		"limited":                  {guard{allow: networks("10.0.0.0/8")}, "192.0.2.1", false, "allow does not name it"},
		"within limits":            {guard{allow: networks("10.0.0.0/8")}, "10.1.2.3", false, plain},
		"within limits, mapped":    {guard{allow: networks("10.0.0.0/8")}, "::ffff:10.1.2.3", false, plain},
		"limited to names":         {guard{allow: Destinations{Hosts: []string{"a"}}}, "10.1.2.3", false, "allow does not name it"},
		"a name within limits":     {guard{allow: networks("10.0.0.0/8")}, "192.0.2.1", true, plain},
		"denied":                   {guard{deny: networks("10.0.0.0/8")}, "10.1.2.3", false, "deny names it"},
		"denied, mapped":           {guard{deny: networks("10.0.0.0/8")}, "::ffff:10.1.2.3", false, "deny names it"},
		"denied, though allowed":   {guard{allow: networks("10.1.0.0/16"), deny: networks("10.0.0.0/8")}, "10.1.2.3", true, "deny names it"},
		"denied, as an exception ": {guard{allow: networks("169.254.20.10/32"), deny: networks("169.254.20.10/32")}, "169.254.20.10", false, "deny names it"},
	} {
		err := c.guard.address(netip.MustParseAddr(c.address), c.named)
		if got := messageOf(err); (c.want == plain) != (err == nil) || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s: %q, want %q", name, c.address, got, c.want)
		}
	}
}

func messageOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestGuardNames(t *testing.T) {
	g := guard{allow: Destinations{Hosts: []string{"prometheus.example", "*.svc"}}, deny: Destinations{Hosts: []string{"*.bad.svc", "evil"}}}
	for host, want := range map[string]string{
		"prometheus.example": "named", "PROMETHEUS.example.": "named", "a.b.svc": "named", "svc": "", "x.prometheus.example": "",
		"a.bad.svc": "deny names it", "bad.svc": "named", "evil": "deny names it", "metadata.google.internal": "credentials",
	} {
		named, err := g.host(host)
		if got := messageOf(err); named != (want == "named") || err == nil && want != "" && want != "named" || err != nil && !strings.Contains(got, want) {
			t.Errorf("%s: %v, %v; want %q", host, named, err, want)
		}
	}
}

// names is a name server that answers whatever it is told to, and how often it was asked.
type names struct {
	*net.Resolver
	asked  atomic.Int32
	answer func(n int) netip.Addr // to the n-th question for IPv4 addresses
}

func newNames(t *testing.T, answer func(n int) netip.Addr) *names {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	n := &names{answer: answer}
	n.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	served := make(chan struct{})
	go func() { defer close(served); n.serve(conn) }()
	t.Cleanup(func() { conn.Close(); <-served })
	return n
}

func (n *names) serve(conn net.PacketConn) {
	question := make([]byte, 512)
	for {
		size, from, err := conn.ReadFrom(question)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(question[:size]) != nil {
			continue
		}
		m.Response, m.Additionals = true, nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}, // no time to live: it may change at once
				Body:   &dnsmessage.AResource{A: n.answer(int(n.asked.Add(1))).As4()},
			}}
		}
		if packed, err := m.Pack(); err == nil {
			_, _ = conn.WriteTo(packed, from)
		}
	}
}

// TestGuardNameServers: a name is as good as the address that is connected to, each time.
func TestGuardNameServers(t *testing.T) {
	server := newNames(t, func(n int) netip.Addr {
		if n == 1 {
			return netip.MustParseAddr("127.0.0.1")
		}
		return netip.MustParseAddr("169.254.169.254")
	})
	w := newWorld(t, func(o *Options) {
		o.Resolver, o.Allow = server.Resolver, Destinations{Hosts: []string{"prometheus.example.com"}}
	})
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close") // so that the next request looks the name up again
		echo(w, r)
	})
	_, port, _ := net.SplitHostPort(up.Listener.Addr().String())
	w.datasource("http://prometheus.example.com:" + port)
	w.says(200, "GET /", "GET", toD)
	w.get(toD).refused(t, 403, `forbidden access: the datasource "d" at prometheus.example.com:`+port+": 169.254.169.254 may not be reached: it is a link-local address")
	w.datasource("http://other.example.com:" + port)
	w.get(toD).refused(t, 403, "delivery.proxy.allow")
	if server.asked.Load() < 2 {
		t.Errorf("the name server was asked %d times", server.asked.Load())
	}
}

// TestGuardRefuses: spellings of an address that is refused, through the whole proxy; a redirect is handed back, not followed.
func TestGuardRefuses(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Deny = networks("127.0.0.2/32") })
	for _, host := range []string{
		"169.254.169.254", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[fe80::1%25lo]", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]", "0.0.0.0", "127.0.0.2",
		"[::ffff:127.0.0.2]",
	} {
		w.datasource("http://" + host + "/latest/meta-data")
		w.get(toD).refused(t, 403, "may not be reached")
		w.tryOut("/proxy/unsaved/globaldatasources", "GET", "", spec("http://"+host)).refused(t, 403, "may not be reached")
	}
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.2/", http.StatusFound)
	})
	w.datasource(up.URL)
	if a := w.get(toD); a.status != 302 || a.header.Get("Location") != "http://127.0.0.2/" {
		t.Errorf("%d %v", a.status, a.header)
	}
	w.datasource(up.URL, withSecret)
	w.secret(`{"oauth":{"clientID":"me","clientSecret":"it","tokenURL":"http://169.254.169.254/token"}}`)
	w.get(toD).refused(t, 403, "no token from the tokenURL of secret \"s\": 169.254.169.254 may not be reached")
}

// TestGuardOutgoing: where a proxy makes the connections, what a URL says is decided on, and the proxy is connected to as anything else.
func TestGuardOutgoing(t *testing.T) {
	var asked []string
	outgoing := upstream(t, func(_ http.ResponseWriter, r *http.Request) { asked = append(asked, r.RequestURI) })
	to, err := url.Parse(outgoing.URL)
	must(t, err)
	w := newWorld(t, func(o *Options) {
		o.Allow, o.Deny = Destinations{Hosts: []string{"*.example.com"}, Networks: networks("127.0.0.0/8").Networks}, Destinations{Hosts: []string{"bad.example.com"}}
	})
	w.proxy.guard.outgoing = func(*http.Request) (*url.URL, error) { return to, nil }
	for host, want := range map[string]string{
		"bad.example.com": "deny names it", "other.example.net": "allow does not name it", "metadata.google.internal": "credentials",
		"169.254.169.254": "link-local", "0xa9fea9fe": "neither a name nor an address", "2852039166": "neither a name nor an address", "169.254.43518": "neither a name nor an address",
	} {
		w.datasource("http://" + host)
		w.get(toD).refused(t, 403, want)
	}
	w.datasource("http://good.example.com/x")
	w.says(200, "", "GET", toD)
	if len(asked) != 1 || asked[0] != "http://good.example.com/x" {
		t.Errorf("the proxy was asked for %q", asked)
	}
}
