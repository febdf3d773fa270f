package proxy

import (
	"os"
	"path/filepath"
	"testing"

	"net/http"

	"github.com/perseid-dev/perseid/internal/store"
)

// showAuthorization answers with the credentials it was sent.
func showAuthorization(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte(r.Header.Get("Authorization")))
}

func TestSecrets(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, showAuthorization)
	w.datasource(up.URL, withSecret)
	for spec, want := range map[string]string{
		`{"basicAuth":{"username":"me","password":"it"}}`:              "Basic bWU6aXQ=",
		`{"authorization":{"credentials":"token"}}`:                    "Bearer token",
		`{"authorization":{"type":" Token ","credentials":"t"}}`:       "Token t",
		`{"authorization":{"type":"Bearer"}}`:                          "",
		`{"tlsConfig":{"insecureSkipVerify":true,"serverName":"x.y"}}`: "",
	} {
		w.secret(spec)
		w.says(200, want, "GET", toD, "Authorization: Bearer caller")
	}
	w.put(`{"kind":"Secret","metadata":{"name":"s","project":"p"},"spec":{"authorization":{"credentials":"of the project"}}}`)
	w.put(`{"kind":"Datasource","metadata":{"name":"d","project":"p"},"spec":` + spec(up.URL, withSecret) + `}`)
	w.put(board("Dashboard", `{"d":`+spec(up.URL, withSecret)+`}`))
	w.says(200, "Bearer of the project", "GET", inProject)
	w.says(200, "Bearer of the project", "GET", inDashboard+"d")
}

// TestR34SecretFiles: a file is read for each request, from the directories that are named, and for secrets that are trusted.
func TestR34SecretFiles(t *testing.T) {
	dir, outside, trusted := t.TempDir(), t.TempDir(), true
	w := newWorld(t, func(o *Options) {
		o.SecretDirectories, o.Trusted = []string{dir}, func(*store.Entry) bool { return trusted }
	})
	up := upstream(t, showAuthorization)
	w.datasource(up.URL, withSecret)
	write := func(path, text string) {
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o600))
	}
	token := filepath.Join(dir, "team", "token")
	write(token, "first\n")
	w.secret(`{"authorization":{"credentialsFile":"` + token + `"}}`)
	w.says(200, "Bearer first", "GET", toD)
	write(token, "second")
	w.says(200, "Bearer second", "GET", toD)

	// As Kubernetes mounts a secret: links within the directory.
	write(filepath.Join(dir, "..2026", "password"), "it")
	must(t, os.Symlink("..2026", filepath.Join(dir, "..data")))
	must(t, os.Symlink("..data/password", filepath.Join(dir, "password")))
	w.secret(`{"basicAuth":{"username":"me","passwordFile":"` + dir + `/password"}}`)
	w.says(200, "Basic bWU6aXQ=", "GET", toD)

	write(filepath.Join(outside, "shadow"), "root")
	must(t, os.Symlink(filepath.Join(outside, "shadow"), filepath.Join(dir, "escape")))
	for path, want := range map[string]string{
		outside + "/shadow":            `secret "s" names a file outside of delivery.proxy.secret_directories`,
		dir + "/../x":                  `secret "s" names a file outside of delivery.proxy.secret_directories`,
		"token":                        `secret "s" names a file outside of delivery.proxy.secret_directories`,
		dir + "/escape":                `secret "s" names a file that cannot be read`,
		dir + "/none":                  `secret "s" names a file that cannot be read`,
		dir + "/team":                  `secret "s" names a file that cannot be read`,
		dir + "/team/../../etc/passwd": `secret "s" names a file outside of delivery.proxy.secret_directories`,
	} {
		w.secret(`{"authorization":{"credentialsFile":"` + path + `"}}`)
		a := w.get(toD)
		if a.status != 403 && a.status != 502 {
			t.Errorf("%s: %d", path, a.status)
		}
		a.refused(t, a.status, want)
	}

	w.secret(`{"authorization":{"credentialsFile":"` + token + `"}}`)
	w.says(200, "Bearer second", "GET", toD)
	trusted = false
	w.get(toD).refused(t, 403, "files are read only for a secret that a source delivered")
	w.secret(`{"tlsConfig":{"caFile":"` + token + `"}}`)
	w.get(toD).refused(t, 403, "files are read only for a secret that a source delivered")
}
