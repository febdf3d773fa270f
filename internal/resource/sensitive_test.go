package resource

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const secretText = `{kind: Secret, metadata: {name: s, project: p}, spec: {
  basicAuth: {username: u, password: v1, pasword: v2}, authorization: {credentials: v3},
  oauth: {clientID: v4, clientSecret: v5, tokenURL: "https://t", endpointParams: {k: [shown]}},
  tlsConfig: {ca: v6, cert: v7, key: v8, keyFile: /k}, more: [{deep: v9}]}}`

// TestSensitive says what is sensitive, and how it is kept (perses.md §1.10, DELIVERY R33).
func TestSensitive(t *testing.T) {
	docs, _ := Decode([]byte(secretText), YAML)
	r := docs[0].Resource
	got := map[string]Sensitive{}
	if err := r.MapSensitive(func(how Sensitive, path, value string) (string, error) {
		got[path+"="+value] = how
		return value + "!", nil
	}); err != nil {
		t.Fatal(err)
	}
	want := map[string]Sensitive{
		"spec.basicAuth.password=v1": Encrypted, "spec.basicAuth.pasword=v2": MaskedOnly, "spec.authorization.credentials=v3": Encrypted,
		"spec.oauth.clientID=v4": Encrypted, "spec.oauth.clientSecret=v5": Encrypted, "spec.tlsConfig.ca=v6": MaskedOnly,
		"spec.tlsConfig.cert=v7": MaskedOnly, "spec.tlsConfig.key=v8": Encrypted, "spec.more[0].deep=v9": MaskedOnly,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if r.Spec.Str("tlsConfig", "key") != "v8!" {
		t.Errorf("not stored: %s", r.JSON())
	}
	stop := errors.New("stop")
	if err := r.MapSensitive(func(Sensitive, string, string) (string, error) { return "", stop }); err != stop {
		t.Errorf("error %v", err)
	}
}

func TestMasked(t *testing.T) {
	docs, _ := Decode([]byte(secretText), YAML)
	r := docs[0].Resource
	before := string(r.JSON())
	answer := string(r.Masked().JSON())
	for _, v := range []string{`"v1"`, `"v2"`, `"v3"`, `"v4"`, `"v5"`, `"v6"`, `"v7"`, `"v8"`, `"v9"`} {
		if strings.Contains(answer, v) {
			t.Errorf("%s is shown", v)
		}
	}
	for _, s := range []string{`"password":"\u003csecret\u003e"`, `"username":"u"`, `"keyFile":"/k"`, `"shown"`, `"https://t"`} {
		if !strings.Contains(answer, s) {
			t.Errorf("%s is missing in %s", s, answer)
		}
	}
	if string(r.JSON()) != before {
		t.Error("masking changed the resource")
	}
	if d := sample(t); d.Masked() != d {
		t.Error("a dashboard has nothing to mask")
	}
}

// TestMaskedStored: a foreign writer's mistake must not show a secret.
func TestMaskedStored(t *testing.T) {
	r, err := DecodeStored([]byte(`{"kind":"User","metadata":{"name":"u"},"spec":{"nativeProvider":{"password":12345}}}`), JSON, mustKind(t, "User"))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(r.Masked().JSON()); strings.Contains(got, "12345") || !strings.Contains(got, `\u003csecret\u003e`) {
		t.Error(got)
	}
}

func TestCloneIsDeep(t *testing.T) {
	docs, _ := Decode([]byte(`{kind: Project, metadata: {name: n, tags: [a], x: [1]}, spec: {display: {name: d}, y: {z: 1}}, w: [1]}`), YAML)
	r := docs[0].Resource
	before := string(r.JSON())
	c := r.Clone()
	c.Metadata.Tags[0] = "b"
	c.Metadata.Extra[0].Value.Items[0].Text = "2"
	c.Spec.Get("display", "name").Text = "e"
	c.Spec.Get("y").Fields[0].Name = "q"
	c.Extra[0].Value.Items = slices.Delete(c.Extra[0].Value.Items, 0, 1)
	if string(r.JSON()) != before {
		t.Errorf("the original is now %s", r.JSON())
	}
}

// R33: what a forgotten colon makes a name of is not quoted; a misspelt name is.
func TestProblemsQuoteNoSecret(t *testing.T) {
	text := "kind: GlobalSecret\nmetadata: {name: s}\nspec:\n  basicAuth: {username: u, pasword: x, password:hush1, hush2, hush2}\n  hush3:\n"
	docs, _ := Decode([]byte(text), YAML)
	said := ""
	for _, p := range docs[0].Problems {
		said += p.String() + "\n"
	}
	if strings.Contains(said, "hush") || strings.Count(said, "not shown") != 3 || strings.Count(said, "more than once") != 1 {
		t.Errorf("problems: %s", said)
	}
	if !strings.Contains(said, `did you mean "password"?`) {
		t.Errorf("no suggestion for a misspelt name: %s", said)
	}
}
