package store

import (
	"encoding/binary"
	"hash/crc32"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/resource"
)

// FuzzPath holds that an identity has at most one place, that the place is below the directory of its kind, and that what lies there has
// that identity again; and the other way about, for whatever names a directory may hold.
func FuzzPath(f *testing.F) {
	for _, name := range []string{"a", ".", "..", "a/b", "a.json", "A", "", " ", "\x00", "ſ", "K", "é", strings.Repeat("x", 241), ".perseid", "%2e%2e", "\xff", "İ"} {
		f.Add(0, "p", name, false)
		f.Add(1, name, "d", true)
	}
	f.Fuzz(func(t *testing.T, kind int, project, name string, sensitive bool) {
		kinds := resource.Kinds()
		k := kinds[uint(kind)%uint(len(kinds))]
		for _, extension := range []string{"yaml", "json"} {
			l := layout{root: "/db", extension: extension, sensitive: sensitive}
			if !k.Project {
				project = ""
			}
			thereAndBack(t, l, k, resource.ID{Kind: k.Name, Project: project, Name: name})
			backAndThere(t, l, k, project, name)
		}
	})
}

func thereAndBack(t *testing.T, l layout, k *resource.Kind, id resource.ID) {
	t.Helper()
	id = l.fold(id)
	if l.place(id) != nil {
		return
	}
	path := l.path(id)
	if dir := l.dir(k, id.Project); filepath.Dir(path) != dir || !strings.HasPrefix(path, "/db/"+k.Plural+"/") {
		t.Fatalf("%+v lies at %s, outside of %s", id, path, dir)
	}
	if len(filepath.Base(path)) > 255 {
		t.Fatalf("%+v: a name of %d bytes", id, len(filepath.Base(path)))
	}
	if again, ok := l.identify(k, id.Project, filepath.Base(path)); !ok || again != id {
		t.Fatalf("%+v lies at %s, which is that of %+v (%v)", id, path, again, ok)
	}
}

func backAndThere(t *testing.T, l layout, k *resource.Kind, project, file string) {
	t.Helper()
	for _, file := range []string{file, file + "." + l.extension} {
		if id, ok := l.identify(k, project, file); ok && l.path(id) != filepath.Join(l.dir(k, project), file) {
			t.Fatalf("%q in %q is %+v, which lies at %s", file, project, id, l.path(id))
		}
	}
}

// framed is a journal with one record of a payload, and a sound frame.
func framed(payload []byte) []byte {
	frame := binary.LittleEndian.AppendUint32(nil, uint32(len(payload)))
	frame = binary.LittleEndian.AppendUint32(frame, crc32.Checksum(payload, checksums))
	return append(frame, payload...)
}

// FuzzReplay holds that no record, however it came into the journal, reaches anything outside of the database or keeps it from opening.
func FuzzReplay(f *testing.F) {
	theirs, _ := digestOf([]byte("theirs")).MarshalText()
	for _, payload := range []string{
		`{"generation":7,"puts":[{"entry":{"id":{"Kind":"Dashboard","Project":"p","Name":"d"},"raw":"00"},"staged":"../../outside","before":""}]}`,
		`{"generation":7,"deletes":[{"id":{"Kind":"Dashboard","Project":"../../..","Name":"outside"},"before":"` + string(theirs) + `"}]}`,
		`{"generation":18446744073709551615,"reserved":18446744073709551615}`, `{"done":7}`, `{}`, `[]`,
		`{"generation":1,"marks":[{"ID":{"Kind":"Dashboard","Project":"p","Name":"d"},"Mark":"bQ=="}]}`,
	} {
		f.Add([]byte(payload))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		base := t.TempDir()
		o := options(t, filepath.Join(base, "a", "db"))
		outside := filepath.Join(base, "outside.json")
		writeFile(t, outside, "theirs")
		writeFile(t, filepath.Join(o.Dir, stateDir, journalFile), string(framed(payload)))
		s := openDir(t, o)
		if _, err := s.All(); err != nil {
			t.Fatal(err)
		}
		create(t, s, dashboard(t, "fresh", "fresh", "new"))
		closeStore(t, s)
		if got := readText(t, outside); got != "theirs" || len(tree(t, base)) < 2 {
			t.Fatalf("outside of the database: %q", got)
		}
	})
}
