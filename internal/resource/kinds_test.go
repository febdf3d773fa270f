package resource

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// fixture is testdata/kinds/<kind>.txtar: full.json has every field, full.yaml is what is stored of it, bare.json has as little as
// is accepted, and bare.out is the canonical form of that.
type fixture struct {
	archive *txtar.Archive
	file    string
}

func fixtureFile(k *Kind) string { return filepath.Join("testdata", "kinds", k.Name+".txtar") }

func readFixture(t *testing.T, k *Kind) fixture {
	t.Helper()
	file := fixtureFile(k)
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return fixture{a, file}
}

func (f fixture) part(t *testing.T, name string) *[]byte {
	t.Helper()
	for i := range f.archive.Files {
		if f.archive.Files[i].Name == name {
			return &f.archive.Files[i].Data
		}
	}
	t.Fatalf("%s has no %s", f.file, name)
	return nil
}

// golden compares with a part of the fixture, or with -update rewrites it.
func (f fixture) golden(t *testing.T, name string, got []byte) {
	t.Helper()
	part := f.part(t, name)
	if *update {
		*part = got
		if err := os.WriteFile(f.file, txtar.Format(f.archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(*part), string(got)); diff != "" {
		t.Errorf("%s of %s:\n%s", name, f.file, diff)
	}
}

func compact(t *testing.T, data []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, data); err != nil {
		t.Fatal(err)
	}
	var escaped bytes.Buffer
	json.HTMLEscape(&escaped, b.Bytes())
	return escaped.String()
}

// only decodes the one valid document of a file.
func only(t *testing.T, data []byte, f Format) *Resource {
	t.Helper()
	docs, file := Decode(data, f)
	if len(file) > 0 || len(docs) != 1 || len(docs[0].Problems) > 0 {
		t.Fatalf("decode: %v %+v", file, docs)
	}
	return docs[0].Resource
}

func TestKindsRoundTrip(t *testing.T) {
	for _, k := range Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			f := readFixture(t, k)
			full := *f.part(t, "full.json")
			r := only(t, full, JSON)
			if diff := cmp.Diff(compact(t, full), string(r.JSON())); diff != "" {
				t.Errorf("JSON:\n%s", diff)
			}
			f.golden(t, "full.yaml", r.YAML())
			again := only(t, r.YAML(), YAML)
			if diff := cmp.Diff(string(r.JSON()), string(again.JSON())); diff != "" {
				t.Errorf("through YAML:\n%s", diff)
			}
			if r.Hash(nil) != again.Hash(nil) {
				t.Error("the hash depends on the format (R12)")
			}
			bare, problems := DecodeBody(*f.part(t, "bare.json"), k)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			f.golden(t, "bare.out", append(bare.JSON(), '\n'))
			if got := only(t, bare.YAML(), YAML); string(got.JSON()) != string(bare.JSON()) || got.Hash(nil) != bare.Hash(nil) {
				t.Errorf("bare through YAML: %s", got.JSON())
			}
		})
	}
}

// TestFixturesAreFull makes sure that a field added to the tables is added to the fixtures too.
func TestFixturesAreFull(t *testing.T) {
	for _, k := range Kinds() {
		v, p := readJSON(*readFixture(t, k).part(t, "full.json"))
		if p != nil {
			t.Fatal(p)
		}
		seen := map[*field]bool{}
		rows := map[*field]string{}
		spec := k.spec
		if u, ok := spec.(*union); ok { // the other case is in the fixture of the other scope
			spec = u.body(v.Str("spec", "kind"))
		}
		collect(spec, "spec", rows, map[shape]bool{})
		mark(spec, *v.Get("spec"), seen)
		for row, path := range rows {
			if !seen[row] {
				t.Errorf("%s: %s is not in full.json", k.Name, path)
			}
		}
	}
}

// collect gathers all rows below a shape.
func collect(s shape, path string, rows map[*field]string, done map[shape]bool) {
	switch s := s.(type) {
	case *list:
		collect(s.of, path+"[]", rows, done)
	case *mapping:
		collect(s.of, path+".*", rows, done)
	case *union:
		for _, c := range s.cases {
			collect(c.body, path, rows, done)
		}
	case *object:
		if done[s] {
			return
		}
		done[s] = true
		for i := range s.fields {
			rows[&s.fields[i]] = path + "." + s.fields[i].name
			collect(s.fields[i].shape, path+"."+s.fields[i].name, rows, done)
		}
	}
}

// mark notes the rows that a value has.
func mark(s shape, v Value, seen map[*field]bool) {
	for i := range v.Items {
		mark(itemShape(s), v.Items[i], seen)
	}
	s = objectShape(s, v)
	for _, f := range v.Fields {
		if o, ok := s.(*object); ok {
			if row := o.row(f.Name); row >= 0 {
				seen[&o.fields[row]] = true
			}
		}
		mark(memberShape(s, f.Name), f.Value, seen)
	}
}

func TestKindTable(t *testing.T) {
	names := map[string]string{}
	for i, k := range Kinds() {
		if k.Rank != i {
			t.Errorf("%s has rank %d in place %d", k.Name, k.Rank, i)
		}
		for _, name := range append(k.Aliases, k.Plural) {
			if other := names[name]; other != "" {
				t.Errorf("%q means %s and %s", name, other, k.Name)
			}
			names[name] = k.Name
		}
		if found, ok := KindByPlural(k.Plural); !ok || found != k {
			t.Errorf("KindByPlural(%q) = %v", k.Plural, found)
		}
	}
	if k := Kinds()[0]; k.Name != "Project" || k.Project {
		t.Errorf("first is %+v", k)
	}
	ephemeral, err := KindByName("ephemeraldashboard")
	if err != nil || ephemeral.Provisioned {
		t.Errorf("ephemeral dashboards come from no source: %v %v", ephemeral, err)
	}
}
