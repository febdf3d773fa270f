package server

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/seal"
)

// foreign is a document as another program left it, and how it is served.
type foreign struct{ file, text, path, served string }

const (
	foreignTimes  = "metadata: {version: 3, updatedAt: 2024-05-06T07:08:09.1Z, createdAt: 2024-05-06T07:08:09Z, "
	foreignServed = `"createdAt":"2024-05-06T07:08:09Z","updatedAt":"2024-05-06T07:08:09.1Z","version":3`
)

// foreignYAML is laid out after perses.md §3.1: keys in any order, a folder of Perses 0.53, a project whose empty spec was left out.
func foreignYAML(t *testing.T) []foreign {
	hash, err := seal.HashPassword("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	return []foreign{
		{"projects/team.yaml", foreignTimes + "name: team}\nkind: Project\n",
			"projects/team", `{"kind":"Project","metadata":{"name":"team",` + foreignServed + `},"spec":{}}`},
		{"users/jane.yaml", "spec: {nativeProvider: {password: " + hash + "}, lastName: Doe, firstName: Jane}\n" + foreignTimes + "name: jane}\nkind: User\n",
			"users/jane", `{"kind":"User","metadata":{"name":"jane",` + foreignServed +
				`},"spec":{"firstName":"Jane","lastName":"Doe","nativeProvider":{"password":"\u003csecret\u003e"}}}`},
		{"secrets/team/token.yaml", "kind: Secret\nspec: {basicAuth: {password: '" + encryptCFB(t, layoutKey, "hush") + "', username: me}}\n" +
			foreignTimes + "project: team, name: token}\n",
			"projects/team/secrets/token", `{"kind":"Secret","metadata":{"name":"token",` + foreignServed +
				`,"project":"team"},"spec":{"basicAuth":{"username":"me","password":"\u003csecret\u003e"}}}`},
		{"folders/team/tree.yaml", "spec: [{name: cpu, kind: Dashboard}, {name: sub, kind: Folder, spec: [{kind: Dashboard, name: ram}]}]\nkind: Folder\n" +
			foreignTimes + "project: team, name: tree}\n",
			"projects/team/folders/tree", `{"kind":"Folder","metadata":{"name":"tree",` + foreignServed +
				`,"project":"team"},"spec":{"items":[{"kind":"Dashboard","name":"cpu"},{"kind":"Folder","name":"sub","items":[{"kind":"Dashboard","name":"ram"}]}]}}`},
		{"dashboards/team/cpu.yaml", "spec: {duration: 6h, layouts: [], panels: {}, display: {name: CPU}}\nkind: Dashboard\n" +
			foreignTimes + "project: team, name: cpu, tags: [z, a]}\n",
			"projects/team/dashboards/cpu", `{"kind":"Dashboard","metadata":{"name":"cpu",` + foreignServed +
				`,"tags":["a","z"],"project":"team"},"spec":{"display":{"name":"CPU"},"panels":{},"layouts":[],"duration":"6h"}}`},
	}
}

// foreignJSON is the same database as somebody wrote it in an editor.
func foreignJSON(t *testing.T) []foreign {
	all := foreignYAML(t)
	yamlToJSON := func(d foreign, spec string) foreign {
		metadata, _, _ := strings.Cut(strings.SplitAfterN(d.served, `"metadata":`, 2)[1], `,"spec":`)
		kind := strings.SplitN(d.served, `"`, 5)[3]
		d.file = strings.TrimSuffix(d.file, "yaml") + "json"
		d.text = "{\n  \"spec\": " + spec + ",\n  \"metadata\": " + metadata + ",\n  \"kind\": \"" + kind + "\"\n}\n"
		return d
	}
	for i, spec := range []string{
		`{}`,
		`{"lastName": "Doe", "firstName": "Jane", "nativeProvider": {"password": "` + storedHash.FindString(all[1].text) + `"}}`,
		`{"basicAuth": {"password": "` + encryptCFB(t, layoutKey, "hush") + `", "username": "me"}}`,
		`[{"name": "cpu", "kind": "Dashboard"}, {"spec": [{"name": "ram", "kind": "Dashboard"}], "kind": "Folder", "name": "sub"}]`,
		`{"panels": {}, "layouts": [], "duration": "6h", "display": {"name": "CPU"}}`,
	} {
		all[i] = yamlToJSON(all[i], spec)
	}
	return all
}

// foreignWorld lays a database out by hand, in a directory with an upper-case letter (perses.md §9.3, 37).
func foreignWorld(t *testing.T, extension string, all []foreign) *world {
	w := newWorld(t)
	w.database = filepath.Join(t.TempDir(), "Upper", "DB")
	w.config = "security: {encryption_key: " + layoutKey + "}\ndatabase: {file: {folder: x, extension: " + extension + "}}\n"
	then := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	for _, d := range all {
		file := filepath.Join(w.database, d.file)
		w.must(os.MkdirAll(filepath.Dir(file), 0o750))
		w.must(os.WriteFile(file, []byte(d.text), 0o600))
		w.must(os.Chtimes(file, then, then))
	}
	return w
}

// documentFiles is fingerprint without our own state.
func (w *world) documentFiles() map[string]string {
	w.t.Helper()
	files := fingerprint(w.t, w.database)
	maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasPrefix(name, ".perseid/") })
	return files
}

func TestR29ForeignDatabaseIsServedAndNotRewritten(t *testing.T) {
	for extension, all := range map[string][]foreign{"yaml": foreignYAML(t), "json": foreignJSON(t)} {
		t.Run(extension, func(t *testing.T) {
			w := foreignWorld(t, extension, all)
			before := w.documentFiles()
			for range 2 {
				w.start()
				for _, d := range all {
					if got := w.answers(200, "GET", "/api/v1/"+d.path, ""); got != d.served {
						t.Errorf("GET %s:\n%s\nwant\n%s", d.path, got, d.served)
					}
					list := "/api/v1/" + filepath.Dir(d.path)
					if got := w.answers(200, "GET", list, ""); got != "["+d.served+"]" {
						t.Errorf("GET %s:\n%s\nwant\n[%s]", list, got, d.served)
					}
				}
				w.must(w.stop())
			}
			if diff := cmp.Diff(before, w.documentFiles()); diff != "" {
				t.Errorf("serving a database rewrites it (-before +after):\n%s", diff)
			}
		})
	}
}

// TestR12AdoptedSecretIsNotRewritten proves that the stored password is decrypted: a source that declares the same one has nothing to write,
// and one that declares another does.
func TestR12AdoptedSecretIsNotRewritten(t *testing.T) {
	for password, rewritten := range map[string]bool{"hush": false, "other": true} {
		w := foreignWorld(t, "yaml", foreignYAML(t))
		before := w.documentFiles()
		w.write("secret.yaml", "kind: Secret\nmetadata: {project: team, name: token}\nspec: {basicAuth: {username: me, password: "+password+"}}\n")
		w.start()
		w.eventually("the secret is managed", func() bool {
			return strings.Contains(w.answers(200, "GET", "/api/delivery/v1/resources/projects/team/secrets/token", ""), `"managed":true`)
		})
		w.must(w.stop())
		if diff := cmp.Diff(before, w.documentFiles()); (diff != "") != rewritten {
			t.Errorf("password %s: rewritten is %t, want %t\n%s", password, !rewritten, rewritten, diff)
		}
	}
}

// encryptCFB is the encryption of Perses, written down a second time after perses.md §1.10: AES-256-CFB, the vector in front, base64
// with the URL alphabet.
func encryptCFB(t *testing.T, key, plain string) string {
	t.Helper()
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	out := append([]byte("sixteen bytes iv"), plain...)
	//lint:ignore SA1019 Perses' databases are written in this mode
	cipher.NewCFBEncrypter(block, out[:16]).XORKeyStream(out[16:], out[16:])
	return base64.URLEncoding.EncodeToString(out)
}

func decryptCFB(t *testing.T, key, text string) string {
	t.Helper()
	data, err := base64.URLEncoding.DecodeString(text)
	if err != nil || len(data) < 16 {
		t.Fatalf("%q is not base64 of a vector and a text: %v", text, err)
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	//lint:ignore SA1019 Perses' databases are written in this mode
	cipher.NewCFBDecrypter(block, data[:16]).XORKeyStream(data[16:], data[16:])
	return string(data[16:])
}
