package server

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/seal"
)

// layoutKey is the encryption key of these tests.
const layoutKey = "0123456789abcdef0123456789abcdef"

// oneOfEach declares names in mixed case, which a database that is not case-sensitive keeps in lower case.
const oneOfEach = `kind: Project
metadata: {name: P}
---
kind: User
metadata: {name: Jane}
spec: {nativeProvider: {password: correct horse}, firstName: Jane}
---
kind: GlobalDatasource
metadata: {name: Prom}
spec: {plugin: {spec: {directUrl: "http://prom:9090"}, kind: PrometheusDatasource}}
---
kind: Secret
metadata: {project: P, name: Token}
spec: {basicAuth: {password: hush, username: me}}
---
kind: Variable
metadata: {name: Env, project: P}
spec: {spec: {value: prod}, kind: TextVariable}
---
kind: Dashboard
spec:
  panels:
    b: {spec: {plugin: {kind: Markdown, spec: {text: "<b> & more"}}}, kind: Panel}
    a: {kind: Panel, spec: {plugin: {kind: StatChart}}}
  variables: [{kind: TextVariable, spec: {name: who, value: "yes"}}]
  display: {name: CPU}
metadata: {tags: [z, a], name: Cpu, project: P}
---
kind: Folder
metadata: {name: All, project: P}
spec: [{kind: Dashboard, name: Cpu}]
`

const times = `"createdAt":"NOW","updatedAt":"NOW","version":0`

// storedJSON is what Perses 0.54 makes of oneOfEach: compact, without a newline at the end (perses.md §1, §3.1).
var storedJSON = map[string]string{
	"projects/p.json": `{"kind":"Project","metadata":{"name":"p",` + times + `},"spec":{}}`,
	"users/jane.json": `{"kind":"User","metadata":{"name":"jane",` + times + `},"spec":{"firstName":"Jane","nativeProvider":{"password":"BCRYPT"}}}`,
	"globaldatasources/prom.json": `{"kind":"GlobalDatasource","metadata":{"name":"prom",` + times +
		`},"spec":{"default":false,"plugin":{"kind":"PrometheusDatasource","spec":{"directUrl":"http://prom:9090"}}}}`,
	"secrets/p/token.json": `{"kind":"Secret","metadata":{"name":"token",` + times + `,"project":"p"},"spec":{"basicAuth":{"username":"me","password":"CIPHER"}}}`,
	"variables/p/env.json": `{"kind":"Variable","metadata":{"name":"env",` + times + `,"project":"p"},"spec":{"kind":"TextVariable","spec":{"value":"prod"}}}`,
	"dashboards/p/cpu.json": `{"kind":"Dashboard","metadata":{"name":"cpu",` + times + `,"tags":["a","z"],"project":"p"},"spec":{"display":{"name":"CPU"},` +
		`"variables":[{"kind":"TextVariable","spec":{"value":"yes","name":"who"}}],` +
		`"panels":{"a":{"kind":"Panel","spec":{"plugin":{"kind":"StatChart","spec":{}}}},` +
		`"b":{"kind":"Panel","spec":{"plugin":{"kind":"Markdown","spec":{"text":"\u003cb\u003e \u0026 more"}}}}},"layouts":null,"duration":"1h"}}`,
	"folders/p/all.json": `{"kind":"Folder","metadata":{"name":"all",` + times + `,"project":"p"},"spec":{"items":[{"kind":"Dashboard","name":"Cpu"}]}}`,
}

const timesYAML = "    createdAt: NOW\n    updatedAt: NOW\n    version: 0\n"

// storedYAML is the same with four blanks of indentation; an empty spec of a project is left out (perses.md §1.4). A list that was not given
// stays null, as it is answered, where Perses writes [] and from then on answers that.
var storedYAML = map[string]string{
	"projects/p.yaml": "kind: Project\nmetadata:\n    name: p\n" + timesYAML,
	"users/jane.yaml": "kind: User\nmetadata:\n    name: jane\n" + timesYAML + "spec:\n    firstName: Jane\n    nativeProvider:\n        password: BCRYPT\n",
	"globaldatasources/prom.yaml": "kind: GlobalDatasource\nmetadata:\n    name: prom\n" + timesYAML +
		"spec:\n    default: false\n    plugin:\n        kind: PrometheusDatasource\n        spec:\n            directUrl: http://prom:9090\n",
	"secrets/p/token.yaml": "kind: Secret\nmetadata:\n    name: token\n" + timesYAML + "    project: p\nspec:\n    basicAuth:\n        username: me\n        password: CIPHER\n",
	"variables/p/env.yaml": "kind: Variable\nmetadata:\n    name: env\n" + timesYAML + "    project: p\nspec:\n    kind: TextVariable\n    spec:\n        value: prod\n",
	"dashboards/p/cpu.yaml": "kind: Dashboard\nmetadata:\n    name: cpu\n" + timesYAML + "    tags:\n        - a\n        - z\n    project: p\n" +
		`spec:
    display:
        name: CPU
    variables:
        - kind: TextVariable
          spec:
            value: "yes"
            name: who
    panels:
        a:
            kind: Panel
            spec:
                plugin:
                    kind: StatChart
                    spec: {}
        b:
            kind: Panel
            spec:
                plugin:
                    kind: Markdown
                    spec:
                        text: <b> & more
    layouts: null
    duration: 1h
`,
	"folders/p/all.yaml": "kind: Folder\nmetadata:\n    name: all\n" + timesYAML + "    project: p\nspec:\n    items:\n        - kind: Dashboard\n          name: Cpu\n",
}

// What differs from run to run.
var (
	storedTime   = regexp.MustCompile(`20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z`)
	storedHash   = regexp.MustCompile(`\$2a\$10\$[./A-Za-z0-9]{53}`)
	storedCipher = regexp.MustCompile(`(password"?: ?"?)([A-Za-z0-9_-]{26,27}=?)`)
)

func TestLayoutOfWhatIsWritten(t *testing.T) {
	for extension, want := range map[string]map[string]string{"json": storedJSON, "yaml": storedYAML} {
		t.Run(extension, func(t *testing.T) {
			w := newWorld(t)
			w.config = fmt.Sprintf("security: {encryption_key: %s}\ndatabase: {file: {folder: x, extension: %s}}\n", layoutKey, extension)
			w.write("all.yaml", oneOfEach)
			w.start()
			w.eventually("everything is stored", func() bool { return w.source("dir:"+w.dir).State == "ready" })
			stored := w.stored()
			w.holdsSecrets(stored, extension)
			got := map[string]string{}
			for name, text := range stored {
				text = storedHash.ReplaceAllString(storedTime.ReplaceAllString(text, "NOW"), "BCRYPT")
				got[name] = storedCipher.ReplaceAllString(text, "${1}CIPHER")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("database (-want +got):\n%s", diff)
			}
		})
	}
}

// stored is every document file of the database. It also checks the modes, which keep others out.
func (w *world) stored() map[string]string {
	w.t.Helper()
	files := map[string]string{}
	w.must(filepath.WalkDir(w.database, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == w.database {
			return err
		}
		if d.Name() == ".perseid" {
			return fs.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, want := strings.TrimPrefix(path, w.database+"/"), fs.FileMode(0o600)
		if d.IsDir() {
			want = fs.ModeDir | 0o750
		} else {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files[rel] = string(data)
		}
		if info.Mode() != want {
			w.t.Errorf("%s has mode %v, want %v", rel, info.Mode(), want)
		}
		return nil
	}))
	return files
}

// holdsSecrets reads the password of the user and of the secret as Perses would.
func (w *world) holdsSecrets(stored map[string]string, extension string) {
	w.t.Helper()
	hash := storedHash.FindString(stored["users/jane."+extension])
	if !seal.MatchesPassword(hash, "correct horse") {
		w.t.Errorf("the stored hash %q is not that of the password", hash)
	}
	found := storedCipher.FindStringSubmatch(stored["secrets/p/token."+extension])
	if found == nil {
		w.t.Fatalf("no encrypted password in %s", stored["secrets/p/token."+extension])
	}
	if got := decryptCFB(w.t, layoutKey, found[2]); got != "hush" {
		w.t.Errorf("the stored password decrypts to %q, want hush", got)
	}
}
