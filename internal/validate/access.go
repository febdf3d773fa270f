package validate

import (
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// role refuses scopes that no project can grant (perses.md §1.12). Project is the one global kind that a Role may name.
func (c *check) role() {
	for _, permission := range c.spec.get("permissions").items() {
		for _, scope := range permission.get("scopes").items() {
			kind, err := resource.KindByName(scope.str())
			if err == nil && !kind.Project && kind.Name != "Project" {
				c.failHint(scope, problem.CodeValue, "use a GlobalRole", "invalid scope: %q for a Role scope", kind.Name)
			}
		}
	}
}

// user checks perses.md §1.14.
func (c *check) user() {
	oauth := c.spec.get("oauthProviders")
	if c.spec.v.Str("nativeProvider", "password") != "" && oauth.is(resource.Array) && len(oauth.v.Items) > 0 {
		c.fail(oauth, problem.CodeValue, "nativeProvider and oauthProviders are mutually exclusive, use one of them")
	}
}
