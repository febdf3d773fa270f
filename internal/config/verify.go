package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// rule is a relation between settings that Perses refuses to start without. Those of settings that are refused as such are not here.
type rule struct {
	path          string // where it is reported
	broken        func(*Config) bool
	message, hint string
}

var rules = []rule{
	{"security.authorization.provider", func(c *Config) bool {
		return !c.Security.EnableAuth && (c.nativeAuthorization() || c.kubernetesAuthorization())
	}, "an authorization provider is on while authentication is off", "turn it off"},
	{"security.authorization.provider.kubernetes", func(c *Config) bool {
		return c.kubernetesAuthorization() != c.Security.Authentication.Providers.kubernetes()
	}, "Kubernetes authentication and authorization must be on or off together", ""},
	{"datasource.global.discovery", func(c *Config) bool {
		return c.Datasource.Global.Disable && len(c.Datasource.Global.Discovery) > 0
	}, "global datasources are disabled, yet discovery would make them", "remove the one or the other"},
	{"frontend.banner.message", func(c *Config) bool { return c.Frontend.Banner != nil && c.Frontend.Banner.Message == "" },
		"the banner has no message", "write one, or remove the banner"},
	{"plugin.disabled", func(c *Config) bool { return len(c.Plugin.Enabled) > 0 && len(c.Plugin.Disabled) > 0 },
		"enabled and disabled are both set", "keep one of the lists"},
}

func (c *Config) nativeAuthorization() bool {
	p := c.Security.Authorization.Provider
	return p != nil && p.Native != nil && p.Native.Enable
}

func (c *Config) kubernetesAuthorization() bool {
	p := c.Security.Authorization.Provider
	return p != nil && p.Kubernetes != nil && p.Kubernetes.Enable
}

func (p *Providers) kubernetes() bool { return p.Kubernetes != nil && p.Kubernetes.Enable }

// verify checks the rules and the table of settings, and resolves the key.
func (r *reader) verify() {
	r.resolveKey()
	for _, rule := range rules {
		if rule.broken(r.config) {
			r.fail(problem.CodeValue, rule.path, rule.message, rule.hint)
		}
	}
	r.checkSlugs()
	r.checkSettings()
}

// checkSlugs reports providers of one family that share a slug, under which their routes would collide.
func (r *reader) checkSlugs() {
	p := r.config.Security.Authentication.Providers
	families := map[string][]string{}
	for _, provider := range p.OAuth {
		families["oauth"] = append(families["oauth"], provider.SlugID)
	}
	for _, provider := range p.OIDC {
		families["oidc"] = append(families["oidc"], provider.SlugID)
	}
	for _, family := range []string{"oauth", "oidc"} {
		first := make(map[string]int)
		for i, slug := range families[family] {
			if earlier, taken := first[slug]; taken {
				r.fail(problem.CodeDuplicate, fmt.Sprintf("security.authentication.providers.%s[%d].slug_id", family, i),
					fmt.Sprintf("%q is already the slug of %s[%d]", slug, family, earlier), "give each provider its own")
				continue
			}
			first[slug] = i
		}
	}
}

// checkSettings holds every setting that is not as in an empty file against the table (DELIVERY R28).
func (r *reader) checkSettings() {
	blank := &Config{}
	setDefaults(rootOf(blank))
	for _, s := range settings {
		if s.Verdict != Refused && s.Verdict != Ignored || same(r.config, blank, s.Key) {
			continue
		}
		severity := problem.Warning
		if s.Verdict == Refused {
			severity = problem.Error
		}
		r.add(severity, problem.CodeUnsupported, s.Key, s.Unserved, s.Advice)
	}
}

func same(a, b *Config, key string) bool {
	x, xok := valueAt(rootOf(a), key)
	y, yok := valueAt(rootOf(b), key)
	return xok == yok && (!xok || reflect.DeepEqual(x.Interface(), y.Interface()))
}

// valueAt walks down keys; false if a pointer on the way is nil.
func valueAt(v reflect.Value, path string) (reflect.Value, bool) {
	for key := range strings.SplitSeq(path, ".") {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		next, ok := reflect.Value{}, false
		if v.IsValid() {
			next, ok = fieldOf(v, key)
		}
		if !ok {
			return reflect.Value{}, false
		}
		v = next
	}
	return v, true
}
