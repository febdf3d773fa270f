package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
)

// R28: what is not served is an error if ignoring it changes where data lives or who may read or write, else one warning.
func TestR28NothingFailsOpen(t *testing.T) {
	const refused, warned, silent = "error", "warning", ""
	for text, want := range map[string]string{
		"security: {enable_auth: true}":                                                      refused,
		"database: {file: {folder: a}, sql: {password: p}}":                                  refused,
		"security: {enable_auth: true, authentication: {providers: {enable_native: true}}}":  refused,
		"database: {sql: {db_name: perses}}":                                                 refused,
		"dashboard: {custom_lint_rules: [{name: a, target: $.a, assertion: a, message: m}]}": refused,
		"datasource: {global: {discovery: [{name: a, http_sd: {url: u}}]}}":                  warned,
		"plugin: {path: /plugins, enable_dev: true}":                                         warned,
		"search: {excluded_chars: [a]}":                                                      warned,
		"schemas: {panels_path: a}":                                                          warned,
		"ephemeral_dashboard: {enable: true, cleanup_interval: 2d}":                          silent,
		"security: {readonly: true, cors: {enable: true}}":                                   silent,
		"security: {authentication: {disable_sign_up: true}, cookie: {secure: true}}":        silent,
		"datasource: {disable_local: true, global: {disable: true}}":                         silent,
		"frontend: {disable: true, information: hello}":                                      silent,
	} {
		_, got := load(t, text, "PERSES_SECURITY_ENCRYPTION_KEY="+ownKey)
		severity := silent
		if len(got) == 1 {
			severity, _, _ = strings.Cut(got[0], " ")
		}
		if len(got) > 1 || severity != want {
			t.Errorf("%s: got %q, want one problem that is %q", text, got, want)
		}
	}
}

// The combinations that Perses refuses to start with.
func TestRules(t *testing.T) {
	for text, want := range map[string]string{
		"security: {authorization: {provider: {native: {enable: true}}}}":                              "authorization provider is on while authentication is off",
		"security: {authentication: {providers: {kubernetes: {enable: true}}}}":                        "must be on or off together",
		"security: {authentication: {providers: {oauth: [{slug_id: a}, {slug_id: b}, {slug_id: a}]}}}": `oauth[2].slug_id: "a" is already the slug of oauth[0]`,
		"security: {encryption_key: a, encryption_key_file: b}":                                        "are both set",
		"plugin: {enabled: [a], disabled: [b]}":                                                        "plugin.disabled: enabled and disabled are both set",
		"datasource: {global: {disable: true, discovery: [{name: a}]}}":                                "yet discovery would make them",
	} {
		if _, got := load(t, text); !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%s: %q does not contain %q", text, got, want)
		}
	}
}

// R28: so it is in the environment.
func TestR28Environment(t *testing.T) {
	for variable, want := range map[string]string{
		"PERSES_SECURITY_ENABLE_AUTH=true":                  "error PERSES_SECURITY_ENABLE_AUTH: security.enable_auth: ",
		"PERSES_DATABASE_SQL_DB_NAME=perses":                "error PERSES_DATABASE_SQL_DB_NAME: database.sql: ",
		"PERSES_DASHBOARD_CUSTOM_LINT_RULES_0_NAME=a":       "error PERSES_DASHBOARD_CUSTOM_LINT_RULES_0_NAME: dashboard.custom_lint_rules: ",
		"PERSES_DATASOURCE_GLOBAL_DISCOVERY_0_HTTP_SD_URL=": "warning PERSES_DATASOURCE_GLOBAL_DISCOVERY_0_HTTP_SD_URL: datasource.global.discovery: ",
	} {
		if _, got := load(t, quiet(""), variable); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%s: %q", variable, got)
		}
	}
}

func TestEncryptionKey(t *testing.T) {
	for name, c := range map[string]struct {
		file    string
		problem string
	}{
		"plain":        {ownKey, ""},
		"newline":      {ownKey + "\n", ""},
		"DOS newline":  {ownKey + "\r\n", ""},
		"two newlines": {ownKey + "\n\n", "the encryption key has 33 bytes"},
		"empty":        {"", "the encryption key has 0 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			got, problems := load(t, "security: {encryption_key_file: "+path+"}")
			if c.problem == "" && (problems != nil || string(got.Key()) != ownKey) {
				t.Errorf("key %q, problems %q", got.Key(), problems)
			}
			if c.problem != "" && (len(problems) != 1 || !strings.Contains(problems[0], c.problem) || got.Key() != nil) {
				t.Errorf("problems %q", problems)
			}
		})
	}
}

func TestWellKnownKeyWarns(t *testing.T) {
	c, problems := Load(Options{})
	if len(c.Key()) != 32 || len(problems) != 1 || problems[0].Severity != problem.Warning {
		t.Errorf("%d bytes, %v", len(c.Key()), problems)
	}
}

// No way of printing a configuration shows a secret.
func TestSecretsStayHidden(t *testing.T) {
	const secret = "do-not-show-this-do-not-show-thi"
	c, problems := load(t, `
security:
  encryption_key: `+secret+`
  authentication:
    providers:
      oauth: [{slug_id: a, client_id: `+secret+`, client_secret: `+secret+`, http: {tls_config: {key: `+secret+`}}}]
database: {sql: {db_name: a, user: `+secret+`, password: `+secret+`}}
datasource: {global: {discovery: [{name: a, http_sd: {basic_auth: {password: `+secret+`}}}]}}
`)
	yaml, err := YAML(c)
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%s %s %v %+v %#v %v", c.JSON(), yaml, c.Security, c.Security, c.Security, problems)
	if strings.Contains(shown, secret) {
		t.Errorf("the secret is in %s", shown)
	}
}

func TestYAMLKeepsOrderAndTypes(t *testing.T) {
	got, err := YAML(struct {
		Z string   `json:"z"`
		A []string `json:"a"`
		N int      `json:"n"`
	}{"true", []string{"<1>", "x: y"}, 3})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("z: \"true\"\na:\n  - <1>\n  - 'x: y'\nn: 3\n", string(got)); diff != "" {
		t.Error(diff)
	}
}
