package validate

import (
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// mask is what answers show instead of a secret.
const mask = "<secret>"

// secret checks perses.md §1.10. No message here quotes a value (DELIVERY R33).
func (c *check) secret() {
	basic, authorization, oauth := c.spec.get("basicAuth"), c.spec.get("authorization"), c.spec.get("oauth")
	used := 0
	for _, block := range []node{basic, authorization, oauth} {
		if block.present() {
			used++
		}
	}
	if used > 1 {
		c.fail(c.spec, problem.CodeValue, "basicAuth, authorization and oauth are mutually exclusive, use one of them")
	}
	c.basicAuth(basic)
	c.authorization(authorization)
	c.oauth(oauth)
}

func (c *check) basicAuth(n node) {
	if !n.present() {
		return
	}
	password, file := n.get("password").str(), n.get("passwordFile").str()
	if n.get("username").str() == "" || password == "" && file == "" {
		c.fail(n, problem.CodeRequired, "when using basicAuth, username and password/passwordFile cannot be empty")
	}
	if password != "" && file != "" {
		c.fail(n, problem.CodeValue, "at most one of basicAuth password & passwordFile must be configured")
	}
}

func (c *check) authorization(n node) {
	if n.get("credentials").str() != "" && n.get("credentialsFile").str() != "" {
		c.fail(n, problem.CodeValue, "at most one of authorization credentials & credentialsFile must be configured")
	}
}

func (c *check) oauth(n node) {
	if !n.present() {
		return
	}
	secret, file := n.get("clientSecret").str(), n.get("clientSecretFile").str()
	if n.get("clientID").str() == "" || n.get("tokenURL").str() == "" || secret == "" && file == "" {
		c.fail(n, problem.CodeRequired, "when using oauth, clientID, clientSecret/clientSecretFile, and tokenURL cannot be empty")
	}
	if secret != "" && file != "" {
		c.fail(n, problem.CodeValue, "at most one of oauth clientSecret & clientSecretFile must be configured")
	}
}

// masks refuses what was copied from an answer: stored, it would replace the secret (DELIVERY R33).
func (c *check) masks() {
	look := func(_ resource.Sensitive, path, value string) (string, error) {
		if value == mask {
			c.failHint(node{path: path}, problem.CodeSecret, "write the value or leave the field out", "the value is the mask %s, not a secret", mask)
		}
		return value, nil
	}
	_ = c.r.MapSensitive(look) // its errors are those of look, which has none
}
