package scenario

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// valid are documents that hold a secret, each with one place for it.
var valid = map[string]string{
	"secret.yaml": `kind: Secret
metadata: {name: s, project: p}
spec: {basicAuth: {username: u, password: %s}}
`,
	"token.yaml": `kind: GlobalSecret
metadata: {name: token}
spec: {authorization: {type: Bearer, credentials: %s}}
`,
	"client.json": `{"kind":"GlobalSecret","metadata":{"name":"client"},"spec":{"oauth":{"clientID":"c","clientSecret":%q,"tokenURL":"http://localhost/"}}}`,
	"user.yaml": `kind: User
metadata: {name: jane}
spec: {nativeProvider: {password: %s}}
`,
	"tag.yaml": `kind: GlobalSecret
metadata: {name: tagged}
spec: {basicAuth: {username: u, password: !!int %s}}
`,
	"unknown-tag.yaml": `kind: GlobalSecret
metadata: {name: oddly-tagged}
spec: {basicAuth: {username: u, password: !%s x}}
`,
}

// broken are documents that their author got wrong where the secret is, or near it: every complaint about them could quote it.
var broken = map[string]string{
	"scalar-for-mapping.yaml": "kind: GlobalSecret\nmetadata: {name: b1}\nspec: {basicAuth: %s}\n",
	"mapping-for-scalar.yaml": "kind: GlobalSecret\nmetadata: {name: b2}\nspec: {basicAuth: {username: u, password: {value: %s}}}\n",
	"no-space.yaml":           "kind: GlobalSecret\nmetadata: {name: b3}\nspec:\n  basicAuth:\n    password:%s\n",
	"no-space-in-braces.yaml": "kind: GlobalSecret\nmetadata: {name: b4}\nspec: {basicAuth: {username: u, password:%s}}\n",
	"comma-for-colon.yaml":    "kind: GlobalSecret\nmetadata: {name: b8}\nspec: {basicAuth: {username: u, password, %s}}\n",
	"no-end.yaml":             "kind: GlobalSecret\nmetadata: {name: b5}\nspec: {basicAuth: {username: u, password: %s\n",
	"no-closing-quote.yaml":   "kind: GlobalSecret\nmetadata: {name: b6}\nspec: {basicAuth: {username: u, password: \"%s}}\n",
	"alias.yaml":              "kind: GlobalSecret\nmetadata: {name: b7}\nspec: {basicAuth: {username: u, password: *%s}}\n",
	"twice.yaml":              "kind: GlobalSecret\nmetadata: {name: b10}\nspec: {basicAuth: {%[1]s: 1, %[1]s: 2}}\n",
	"tab.yaml":                "kind: User\nmetadata: {name: b11}\nspec:\n\tnativeProvider: {password: %s}\n",
	"directive.yaml":          "%%%s 1\n---\nkind: User\n",
	"user-type.yaml":          "kind: User\nmetadata: {name: b12}\nspec: {nativeProvider: {password: [%s]}}\n",
	"enumeration.yaml":        "kind: GlobalSecret\nmetadata: {name: b13}\nspec: {authorization: {type: %s, credentials: x}, tlsConfig: {insecureSkipVerify: %[1]s}}\n",
	"bad.json":                `{"kind":"GlobalSecret","metadata":{"name":"b14"},"spec":{"basicAuth":{"username":"u","password":"%s" "x":1}}}`,
	"bad-escape.json":         `{"kind":"GlobalSecret","metadata":{"name":"b15"},"spec":{"basicAuth":{"password":"%s\q"}}}`,
	"type.json":               `{"kind":"GlobalSecret","metadata":{"name":"b16"},"spec":{"basicAuth":{"username":"u","password":["%s"]}}}`,
}

// hidden makes up a secret that is found nowhere by chance.
func hidden(place, version string) string {
	return "hush-" + strings.NewReplacer(".", "", "-", "").Replace(place) + "-" + version
}

// deliver writes documents with secrets of a version, and adds these to what must not be found.
func (w *world) deliver(documents map[string]string, version string, secrets map[string]string) {
	w.t.Helper()
	for file, text := range documents {
		value := hidden(file, version)
		secrets[file+" "+version] = value
		w.write("src/"+file, fmt.Sprintf(text, value))
	}
}

// Secrets are delivered, mistyped, changed, replaced by mistakes and removed again, while everybody who may look looks at everything.
func TestR33SecretsAreNowhere(t *testing.T) {
	for _, key := range []string{"", oneKey} {
		t.Run(fmt.Sprintf("key of %d bytes", len(key)), func(t *testing.T) {
			w := newWorld(t, "src")
			if key != "" {
				w.set("security.encryption_key", key)
			}
			secrets := map[string]string{}
			w.write("src/project.yaml", projectP)
			w.deliver(valid, "v1", secrets)
			w.deliver(broken, "v1", secrets)
			w.start()
			events := w.follow()
			w.secretsAreServed(len(broken))
			heard := []string{w.everything()}

			w.deliver(valid, "v2", secrets)
			w.deliver(broken, "v2", secrets)
			w.eventually("the second secrets are served", func() bool {
				return strings.Contains(w.get("/api/v1/globalsecrets/token").body, `"version":1`)
			})
			heard = append(heard, w.everything(), w.writes(secrets))
			w.says(0, "", "rollback", "globalsecret", "token")
			for file := range valid {
				w.write("src/"+file, fmt.Sprintf(broken["no-end.yaml"], hidden(file, "v2")))
			}
			heard = append(heard, w.everything())
			for file := range valid {
				w.remove("src/" + file)
			}
			w.gonePath("/api/v1/projects/p/secrets/s")
			heard = append(heard, w.everything(), events())
			w.stop()
			w.nowhere(secrets, heard...)
		})
	}
}

func (w *world) secretsAreServed(wrong int) {
	w.t.Helper()
	for _, path := range []string{"/api/v1/projects/p/secrets/s", "/api/v1/globalsecrets/token", "/api/v1/globalsecrets/client", "/api/v1/users/jane"} {
		w.eventually(path+" is served", func() bool { return w.get(path).status == http.StatusOK })
	}
	w.eventually("each mistake is reported", func() bool { return w.source("src").Counts[delivery.Invalid] == wrong })
}

func (w *world) gonePath(path string) {
	w.t.Helper()
	w.eventually(path+" is gone", func() bool { return w.get(path).status == http.StatusNotFound })
}

// everything is what can be asked of the server, by HTTP and by command.
func (w *world) everything() string {
	w.t.Helper()
	var b strings.Builder
	for _, path := range []string{
		"/api/delivery/v1/sources", "/api/delivery/v1/documents", "/api/delivery/v1/resources/projects/p/secrets/s",
		"/api/delivery/v1/resources/globalsecrets/token", "/api/delivery/v1/resources/users/jane", "/api/delivery/v1/sources/src/history",
		"/api/v1/projects/p/secrets", "/api/v1/globalsecrets", "/api/v1/users", "/metrics", "/api/config",
	} {
		b.WriteString(w.get(path).body)
	}
	for _, args := range [][]string{
		{"status", "--all"}, {"status", "-o", "json"}, {"diff", w.path("src")}, {"validate", w.path("src")}, {"why", "globalsecret", "token"},
		{"history", "secret", "p/s"}, {"history", "globalsecret", "token", "-o", "json"}, {"rollback", "globalsecret", "token", "--dry-run"},
		{"db", "check", w.database, "--config", w.path("perses.yaml")},
	} {
		c := w.perseid(args...)
		if c.code == 2 {
			w.t.Errorf("perseid %s: %s", strings.Join(args, " "), c.text)
		}
		b.WriteString(c.text)
	}
	return b.String()
}

// writes is what the API says of secrets that people send it, well and badly formed.
func (w *world) writes(secrets map[string]string) string {
	w.t.Helper()
	var b strings.Builder
	for n, text := range []string{
		`{"kind":"GlobalSecret","metadata":{"name":"sent"},"spec":{"authorization":{"type":"Bearer","credentials":"%s"}}}`,
		`{"kind":"GlobalSecret","metadata":{"name":"sent2"},"spec":{"authorization":"%s"}}`,
		`{"kind":"GlobalSecret","metadata":{"name":"sent3"},"spec":{"basicAuth":{"password":["%s"]}}}`,
		`{"kind":"GlobalSecret","metadata":{"name":"sent4"},"spec":{"basicAuth":{"password":"%s`,
	} {
		value := hidden("sent", fmt.Sprint(n))
		secrets["sent "+fmt.Sprint(n)] = value
		b.WriteString(w.do(http.MethodPost, "/api/v1/globalsecrets", fmt.Sprintf(text, value)).body)
	}
	return b.String()
}

// follow reads the stream of events until what it returns is called, which returns what was read.
func (w *world) follow() func() string {
	w.t.Helper()
	out, err := os.Create(w.path("events"))
	w.must(err)
	resp, err := http.Get(w.url() + "/api/delivery/v1/events")
	w.must(err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = out.ReadFrom(resp.Body) // ends with the stream
	}()
	return func() string {
		time.Sleep(200 * time.Millisecond) // for the last event
		resp.Body.Close()
		<-done
		out.Close()
		data, err := os.ReadFile(w.path("events"))
		w.must(err)
		if !strings.Contains(string(data), `"src"`) {
			w.t.Error("the stream of events says nothing")
		}
		return string(data)
	}
}
