package validate

import (
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/problem"
)

func TestSecrets(t *testing.T) {
	const exclusive = "spec: basicAuth, authorization and oauth are mutually exclusive, use one of them"
	const incompleteBasic = "spec.basicAuth: when using basicAuth, username and password/passwordFile cannot be empty"
	const incompleteOAuth = "spec.oauth: when using oauth, clientID, clientSecret/clientSecretFile, and tokenURL cannot be empty"
	runInspections(t, []inspection{
		{"empty", "Secret", `{}`, nil},
		{"basic", "Secret", `{"basicAuth":{"username":"u","password":"p"}}`, nil},
		{"basic by file", "GlobalSecret", `{"basicAuth":{"username":"u","passwordFile":"/p"}}`, nil},
		{"basic without user", "Secret", `{"basicAuth":{"password":"p"}}`, []string{incompleteBasic}},
		{"basic without password", "Secret", `{"basicAuth":{"username":"u"}}`, []string{incompleteBasic}},
		{"basic with two passwords", "Secret", `{"basicAuth":{"username":"u","password":"p","passwordFile":"/p"}}`,
			[]string{"spec.basicAuth: at most one of basicAuth password & passwordFile must be configured"}},
		{"authorization with nothing", "Secret", `{"authorization":{}}`, nil},
		{"authorization with two", "Secret", `{"authorization":{"credentials":"c","credentialsFile":"/c"}}`,
			[]string{"spec.authorization: at most one of authorization credentials & credentialsFile must be configured"}},
		{"oauth", "Secret", `{"oauth":{"clientID":"i","clientSecret":"s","tokenURL":"http://x"}}`, nil},
		{"oauth by file", "Secret", `{"oauth":{"clientID":"i","clientSecretFile":"/s","tokenURL":"http://x"}}`, nil},
		{"oauth without id", "Secret", `{"oauth":{"clientSecret":"s","tokenURL":"http://x"}}`, []string{incompleteOAuth}},
		{"oauth without URL", "Secret", `{"oauth":{"clientID":"i","clientSecret":"s"}}`, []string{incompleteOAuth}},
		{"oauth without secret", "Secret", `{"oauth":{"clientID":"i","tokenURL":"http://x"}}`, []string{incompleteOAuth}},
		{"oauth with two", "Secret", `{"oauth":{"clientID":"i","clientSecret":"s","clientSecretFile":"/s","tokenURL":"http://x"}}`,
			[]string{"spec.oauth: at most one of oauth clientSecret & clientSecretFile must be configured"}},
		{"any two", "GlobalSecret", `{"basicAuth":{"username":"u","password":"p"},"authorization":{"credentials":"c"}}`, []string{exclusive}},
		{"all three", "Secret", `{"basicAuth":{},"authorization":{},"oauth":{}}`, []string{exclusive, incompleteBasic, incompleteOAuth}},
		{"tls beside another", "Secret", `{"authorization":{"credentials":"c"},"tlsConfig":{"ca":"x"}}`, nil},
	})
}

// R33: the mask of an answer is not a secret, wherever a sensitive value stands.
func TestMasks(t *testing.T) {
	const masked = ": the value is the mask <secret>, not a secret"
	runInspections(t, []inspection{
		{"password", "Secret", `{"basicAuth":{"username":"u","password":"<secret>"}}`, []string{"spec.basicAuth.password" + masked}},
		{"credentials", "GlobalSecret", `{"authorization":{"credentials":"<secret>"}}`, []string{"spec.authorization.credentials" + masked}},
		{"oauth", "Secret", `{"oauth":{"clientID":"<secret>","clientSecret":"<secret>","tokenURL":"http://x"}}`,
			[]string{"spec.oauth.clientID" + masked, "spec.oauth.clientSecret" + masked}},
		{"tls", "Secret", `{"tlsConfig":{"ca":"<secret>","cert":"<secret>","key":"<secret>"}}`,
			[]string{"spec.tlsConfig.ca" + masked, "spec.tlsConfig.cert" + masked, "spec.tlsConfig.key" + masked}},
		{"user", "User", `{"nativeProvider":{"password":"<secret>"}}`, []string{"spec.nativeProvider.password" + masked}},
		{"what is shown may look like it", "Secret", `{"basicAuth":{"username":"<secret>","password":"p"}}`, nil},
	})
	_, list := Inspect(decode(t, "User", `{"nativeProvider":{"password":"<secret>"}}`))
	if len(list) != 1 || list[0].Code != problem.CodeSecret || list[0].Hint != "write the value or leave the field out" {
		t.Errorf("problems: %+v", list)
	}
}

// R33: no problem quotes a value of a document of secrets.
func TestSecretsAreNotQuoted(t *testing.T) {
	const value = "hunter2"
	_, list := Inspect(decode(t, "Secret", strings.ReplaceAll(`{"basicAuth":{"password":"V","passwordFile":"V"},
		"authorization":{"credentials":"V","credentialsFile":"V"},"oauth":{"clientSecret":"V","clientSecretFile":"V"}}`, "V", value)))
	if len(list) != 6 {
		t.Errorf("%d problems: %v", len(list), list)
	}
	for _, p := range list {
		if strings.Contains(p.String(), value) {
			t.Errorf("a problem quotes the value: %s", p)
		}
	}
}
