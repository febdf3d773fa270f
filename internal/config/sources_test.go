package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// R2: a provisioning folder is the source dir:<path>; an entry of delivery.sources about the same path sets options of that source.
func TestR2OneSourcePerPath(t *testing.T) {
	c, problems := load(t, quiet(`
provisioning: {folders: [./b, a/], interval: 2h}
delivery:
  prune: {delay: 5s}
  on_invalid: hold
  sources:
    - {name: extra, directory: {path: c}, interval: 10m, on_invalid: auto, require_index: true}
    - {directory: {path: a//x/..}, priority: 7, prune: {disable: true, settle: 0}, on_invalid: skip, pin: v1.2.0}
`))
	if problems != nil {
		t.Fatal(problems)
	}
	b := SourceConfig{
		Name: "dir:b", Location: &Directory{Path: "./b"}, Interval: 2 * time.Hour, Watch: true, OnInvalid: Hold,
		Prune: true, Settle: 30 * time.Second, Delay: 5 * time.Second,
	}
	a, extra := b, b
	a.Name, a.Location, a.Priority, a.Prune, a.Settle, a.OnInvalid, a.Pin = "dir:a", &Directory{Path: "a/"}, 7, false, 0, Skip, "v1.2.0"
	extra.Name, extra.Location, extra.Interval, extra.OnInvalid, extra.RequireIndex = "extra", &Directory{Path: "c"}, 10*time.Minute, Auto, true
	if diff := cmp.Diff([]SourceConfig{b, a, extra}, c.Sources()); diff != "" {
		t.Error(diff)
	}
}

// R2: names are unique.
func TestR2SourcesThatCannotBeToldApart(t *testing.T) {
	for text, want := range map[string]string{
		"provisioning: {folders: [a, ./a]}": "warning config.yaml:2:29: provisioning.folders[1]: ./a is listed twice (remove one)",
		"provisioning: {folders: ['']}":     "error config.yaml:2:26: provisioning.folders[0]: the folder has no path (write one, or remove the entry)",
		"delivery: {sources: [{directory: {path: a}}, {directory: {path: a/}}]}": "error config.yaml:2:58: delivery.sources[1].directory: " +
			"an earlier entry is already about a (merge the two)",
		"delivery: {sources: [{name: x, directory: {path: a}}, {name: x, directory: {path: b}}]}": `error config.yaml:2:21: delivery.sources: ` +
			`a and b are both named "x" (names of sources are unique)`,
		"delivery: {sources: [{name: \"x\\e\", directory: {path: a}}]}": `error config.yaml:2:21: delivery.sources: "x\x1b" cannot name a source ` +
			`(use at most 200 bytes and no control characters)`,
	} {
		if _, got := load(t, quiet(text)); len(got) != 1 || got[0] != want {
			t.Errorf("%s:\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestEnvironment(t *testing.T) {
	c, problems := load(t, quiet(`
provisioning: {folders: [file]}
database: {file: {folder: file}}
`),
		"PERSES_SECURITY_READONLY=true",
		"PERSES_DATABASE_FILE_CASE_SENSITIVE=true",
		"PERSES_PROVISIONING_FOLDERS_0=zero",
		"PERSES_PROVISIONING_FOLDERS_2=two",
		"PERSES_PROVISIONING_FOLDERS_1=one",
		"PERSES_DATASOURCE_GLOBAL_DISABLE=false",
		"PERSES_FRONTEND_TIME_RANGE_DISABLE_ZOOM=true",
		"PERSES_DELIVERY_SOURCES_0_DIRECTORY_PATH=three",
		"PERSES_DELIVERY_SOURCES_0_PRUNE_DISABLE=true",
		"PERSES_SERVICE_HOST=10.0.0.1", "PERSES_PORT_8080_TCP=tcp://10.0.0.1:8080", // a cluster's, not settings
		"HOME=/",
	)
	if problems != nil {
		t.Fatal(problems)
	}
	if !c.Security.ReadOnly || !c.Database.File.CaseSensitive || c.Database.File.Folder != "file" {
		t.Errorf("%+v %+v", c.Security, *c.Database.File)
	}
	if !c.Frontend.TimeRange.DisableZoom || len(c.Frontend.TimeRange.Options) != 9 {
		t.Errorf("a part that only the environment names lacks its defaults: %+v", *c.Frontend.TimeRange)
	}
	var got []string
	for _, s := range c.Sources() {
		got = append(got, s.Name)
	}
	if diff := cmp.Diff([]string{"dir:zero", "dir:one", "dir:two", "dir:three"}, got); diff != "" {
		t.Error(diff)
	}
	if c.Sources()[3].Prune {
		t.Error("dir:three prunes")
	}
}

func TestEnvironmentProblems(t *testing.T) {
	c, got := load(t, quiet(""),
		"PERSES_SECURITY_READONLY=perhaps",
		"PERSES_SECURTY_READONLY=true",
		"PERSES_PROVISIONING_FOLDERS_7=far",
		"PERSES_DATABASE_FILE_NOPE=x",
		"PERSES_DATABASE_FILE=x",
	)
	const unnamed = "names no setting, so it is ignored (names are PERSES_ and the path of a key, in upper case: PERSES_DATABASE_FILE_FOLDER)"
	want := []string{
		"warning PERSES_DATABASE_FILE_NOPE: " + unnamed,
		"warning PERSES_DATABASE_FILE: " + unnamed,
		"warning PERSES_PROVISIONING_FOLDERS_7: " + unnamed,
		`error PERSES_SECURITY_READONLY: security.readonly: expected true or false, found "perhaps"`,
		"warning PERSES_SECURTY_READONLY: " + unnamed,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if *c.Database.File != (File{Folder: "./local_db", Extension: "yaml"}) || len(c.Provisioning.Folders) != 0 {
		t.Errorf("a variable that is ignored left something behind: %+v %q", c.Database, c.Provisioning.Folders)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte("provisioning: {folders: [a]}"), "PERSES_PROVISIONING_FOLDERS_1=b")
	f.Add([]byte("a: &a [*a]\nprovisioning: {folders: *a}"), "PERSES_=")
	f.Add([]byte("delivery: {sources: [{directory: {path: a}, prune: {delay: 1h}}]}"), "PERSES_FRONTEND_DEFAULT_USER_PREFERENCES_ROWS_PER_PAGE=9")
	f.Add([]byte("? [a]\n: b\n<<: {security: 1}\n---\nx"), "PERSES_PLUGIN_ARCHIVE_PATHS_99999999999999999999=x")
	f.Fuzz(func(t *testing.T, data []byte, variable string) {
		if strings.Contains(string(data)+variable, "file") {
			t.Skip("key files are not to be opened by chance")
		}
		c := &Config{}
		setDefaults(rootOf(c))
		r := newReader(c)
		r.readYAML("f", data)
		r.readEnvironment([]string{variable})
		c.normalise()
		r.verify()
		r.checkTenancy()
		for _, s := range r.resolveSources() {
			if s.Name == "" || s.Location == nil {
				t.Errorf("source without a name or location: %+v", s)
			}
		}
		if !r.problems.Invalid() && len(c.Key()) != 32 {
			t.Errorf("accepted with a key of %d bytes", len(c.Key()))
		}
		c.JSON()
	})
}
