package config

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// Proxy says what the datasource proxy may reach, and which files it may read on behalf of a secret.
type Proxy struct {
	// Allow and Deny hold networks (10.0.0.0/8), addresses and names of hosts (prometheus.example.com, *.example.com).
	Allow   []string `json:"allow,omitempty"`
	Deny    []string `json:"deny,omitempty"`
	Timeout Duration `json:"timeout"` // until an answer begins; 0 is for ever
	// SecretDirectories are where files that a secret names may lie (DELIVERY R34).
	SecretDirectories []string `json:"secret_directories,omitempty"`
}

func (p *Proxy) setDefaults() { p.Timeout = 5 * minute }

// Destinations are networks and hosts. A host is a lower-case name, or *.name for every name below it.
type Destinations struct {
	Networks []netip.Prefix
	Hosts    []string
}

// ParseDestinations reads lists such as Proxy.Allow. The error is about the first entry that cannot be understood.
func ParseDestinations(entries []string) (Destinations, error) {
	var d Destinations
	for _, entry := range entries {
		if err := d.add(entry); err != nil {
			return Destinations{}, err
		}
	}
	return d, nil
}

var hostPattern = regexp.MustCompile(`^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

func (d *Destinations) add(entry string) error {
	if network, err := netip.ParsePrefix(entry); err == nil {
		d.Networks = append(d.Networks, network.Masked())
		return nil
	}
	if address, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil && address.Zone() == "" {
		d.Networks = append(d.Networks, netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()))
		return nil
	}
	host := strings.TrimSuffix(strings.ToLower(entry), ".")
	if !hostPattern.MatchString(host) || onlyNumbers(host) {
		return fmt.Errorf("%q is neither a network, nor an address, nor the name of a host", entry)
	}
	d.Hosts = append(d.Hosts, host)
	return nil
}

// onlyNumbers finds what was meant to be an address.
func onlyNumbers(host string) bool { return strings.Trim(host, "0123456789.") == "" }

// checkProxy reports entries that cannot be understood, and directories that depend on where the server was started.
func (r *reader) checkProxy() {
	p := &r.config.Delivery.Proxy
	for key, entries := range map[string][]string{"allow": p.Allow, "deny": p.Deny} {
		for i, entry := range entries {
			if _, err := ParseDestinations([]string{entry}); err != nil {
				r.fail(problem.CodeValue, fmt.Sprintf("delivery.proxy.%s[%d]", key, i), err.Error(),
					"write 10.0.0.0/8, 192.0.2.7, prometheus.example.com or *.example.com, without scheme and port")
			}
		}
	}
	for i, dir := range p.SecretDirectories {
		if !filepath.IsAbs(dir) {
			r.fail(problem.CodeValue, fmt.Sprintf("delivery.proxy.secret_directories[%d]", i), fmt.Sprintf("%q is not an absolute path", dir), "write it from the root, as in /etc/perseid/secrets")
		}
	}
}
