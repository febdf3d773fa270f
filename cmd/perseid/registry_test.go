package main

import (
	"net/http/httptest"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/perseid-dev/perseid/test/registry"
)

// startRegistry is the command of scripts about artifacts: registry [USER PASSWORD] starts one, lets REGISTRY say where, and ends it with the script.
func startRegistry(ts *testscript.TestScript, neg bool, args []string) {
	g := &registry.Registry{}
	switch {
	case neg || len(args) != 0 && len(args) != 2:
		ts.Fatalf("usage: registry [USER PASSWORD]")
	case len(args) == 2:
		g.Auth = &registry.Auth{Bearer: true, Check: func(user, password string) bool { return user == args[0] && password == args[1] }}
	}
	server := httptest.NewServer(g)
	ts.Defer(server.Close)
	ts.Setenv("REGISTRY", strings.TrimPrefix(server.URL, "http://"))
}
