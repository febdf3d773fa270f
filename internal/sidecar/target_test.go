package sidecar

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/source"
)

func TestTarget(t *testing.T) {
	for _, c := range []struct{ environ, directory, key, want string }{
		{"", "", "a.json", "/tmp/a.json"},
		{"", "", "a.json.url", "/tmp/a.json url"},
		{"", "relative", "a.json", "/tmp/relative/a.json"},
		{"", "/tmp/absolute/", "a.json", "/tmp/absolute/a.json"},
		{"", "/elsewhere", "a.json", "/elsewhere/a.json"},
		{"", "../x", "a.json", "refused"},
		{"", "a/../../x", "a.json", "refused"},
		{"", "a/../b", "a.json", "/tmp/b/a.json"},
		{"", "a\x00b", "a.json", "refused"},
		{"", strings.Repeat("x", 2000), "a.json", "refused"},
		{"", "", ".url", "refused"},
		{"ALLOWED_FOLDERS=/x", "../x", "a.json", "/x/a.json"}, // the mirror decides
		{"UNIQUE_FILENAMES=true", "", "a.json.url", "/tmp/namespace_ns.configmap_name.a.json url"},
		{"FOLDER_PER_NAMESPACE=true", "", "a.json", "/tmp/ns/a.json"},
		{"FOLDER_PER_NAMESPACE=true", "rel", "a.json", "/tmp/ns/rel/a.json"},
		{"FOLDER_PER_NAMESPACE=true", "/abs", "a.json", "/abs/a.json"},
	} {
		config := parse(t, c.environ)
		got, err := config.target(source.File{Path: "ns/configmap/name/" + c.key,
			Object: source.Object{Kind: "configmap", Namespace: "ns", Name: "name", Directory: c.directory}})
		text := got.path
		if got.url {
			text += " url"
		}
		if err != nil {
			text = "refused"
		}
		if text != c.want {
			t.Errorf("%s, directory %.20q, key %s: %s, want %s (%v)", c.environ, c.directory, c.key, text, c.want, err)
		}
	}
}

// R3: what lies where could not be read counts as still declared, as it last was.
func TestR3Carry(t *testing.T) {
	file := func(object, content string) source.File {
		return source.File{Path: object + "/key", Origin: object + ":key", Digest: source.DigestOf([]byte(content))}
	}
	before := []source.File{file("a/configmap/x", "1"), file("b/configmap/y", "2"), file("c/configmap/z", "3")}
	s := &source.Snapshot{Files: []source.File{file("a/configmap/new", "4"), file("b/configmap/y", "5")}, Unread: []source.Unread{{Prefix: "c/configmap"}}}
	after := carry(before, s)
	want := []source.File{file("a/configmap/new", "4"), file("b/configmap/y", "5"), file("c/configmap/z", "3")}
	if diff := cmp.Diff(want, after); diff != "" {
		t.Error(diff)
	}
	events := []event{{"ADDED", "configmap a/new"}, {"DELETED", "configmap a/x"}, {"MODIFIED", "configmap b/y"}}
	if diff := cmp.Diff(events, differences(before, after), cmp.AllowUnexported(event{})); diff != "" {
		t.Error(diff)
	}
}
