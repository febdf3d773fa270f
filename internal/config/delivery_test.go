package config

import (
	"strings"
	"testing"
)

// R19: what nothing says is left to whether the source has an index; R26: of the token only the path is known, and shown.
func TestR19DeliveryDefaults(t *testing.T) {
	c, problems := load(t, quiet("provisioning: {folders: [a]}\ndelivery: {api: {token_file: /run/token}}"))
	if problems != nil {
		t.Fatal(problems)
	}
	if s := c.Sources()[0]; s.OnInvalid != Auto || s.RequireIndex || s.Pin != "" {
		t.Errorf("%+v", s)
	}
	if got := c.Delivery.API.TokenFile; got != "/run/token" {
		t.Errorf("token file %q", got)
	}
	if !strings.Contains(string(c.JSON()), `"api":{"token_file":"/run/token"}`) {
		t.Errorf("%s", c.JSON())
	}
}

func TestOnInvalidIsOneOfThree(t *testing.T) {
	_, got := load(t, quiet("delivery: {on_invalid: held}"))
	if len(got) != 1 || !strings.Contains(got[0], `"held" is not one of auto, skip, hold`) {
		t.Errorf("%q", got)
	}
}
