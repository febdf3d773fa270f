package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/test/fault"
)

// named is a dashboard as others write it.
func named(project, name, title string) string {
	return fmt.Sprintf(`{"kind":"Dashboard","metadata":{"name":%q,"project":%q},"spec":{"display":{"name":%q},"panels":{},"layouts":[],"duration":"1h"}}`, name, project, title)
}

// ruined is a database in which everything is wrong that Repair knows, and two documents that are fine.
func ruined(t *testing.T) (Options, func(parts ...string) string) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	if _, err := s.Commit(manyPuts(t, 2, "x")); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	at := func(parts ...string) string { return filepath.Join(append([]string{o.Dir}, parts...)...) }
	for path, text := range map[string]string{
		"dashboards/p/cut.json":       "{",
		"dashboards/p/named.json":     named("p", "other", "misnamed"),
		"dashboards/p/copy.json":      readText(t, at("dashboards", "p", "1.json")),
		"dashboards/p/Upper.json":     named("p", "Upper", "upper"),
		"dashboards/p/old.yaml":       "kind: Dashboard\nmetadata: {name: old, project: p}\nspec: {panels: {}, layouts: [], duration: 1h}\n",
		"dashboards/p/0.json.bak":     "bytes of somebody",
		"dashboards/p/deep/deep.json": named("p", "deep", "deep"),
		"dashboards/stray.json":       named("q", "stray", "stray"),
		"dashboards/1.json":           named("p", "1", "another one"),
		"dashboards/Up/up.json":       named("Up", "up", "upper"),
		"folders/p/lost.json":         named("p", "lost", "of another kind"),
		"notes/x.json":                "mine",
		".perseid/stage/left":         "cut off",
	} {
		writeFile(t, at(filepath.FromSlash(path)), text)
	}
	if err := os.Symlink("1.json", at("dashboards", "p", "link.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(at("dashboards", "p", "0.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	return o, at
}

func TestRepair(t *testing.T) {
	o, at := ruined(t)
	before := bytesOf(t, o.Dir)
	planned, err := Repair(o.Dir, o, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, bytesOf(t, o.Dir)); diff != "" {
		t.Errorf("a repair that was not to be applied wrote:\n%s", diff)
	}
	done, err := Repair(o.Dir, o, true)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range done {
		kind, _, _ := strings.Cut(a.Done, ":")
		to := a.To
		if strings.HasPrefix(to, stateDir) {
			to = "quarantine"
		}
		got = append(got, strings.TrimSpace(a.Path+" "+kind+" "+to))
	}
	want := []string{
		".perseid/index brought up to date", ".perseid/stage brought up to date",
		"dashboards/1.json left as it is",
		"dashboards/Up/up.json moved to its place dashboards/up/up.json",
		"dashboards/p/0.json mode 0600, for others may get at it",
		"dashboards/p/0.json.bak left as it is",
		"dashboards/p/Upper.json moved to its place dashboards/p/upper.json",
		"dashboards/p/copy.json moved to quarantine quarantine",
		"dashboards/p/cut.json moved to quarantine quarantine",
		"dashboards/p/deep/deep.json moved to its place dashboards/p/deep.json",
		"dashboards/p/link.json moved to quarantine quarantine",
		"dashboards/p/named.json moved to its place dashboards/p/other.json",
		"dashboards/p/old.yaml written anew at its place dashboards/p/old.json",
		"dashboards/p/old.yaml moved to quarantine quarantine",
		"dashboards/stray.json moved to its place dashboards/q/stray.json",
		"folders/p/lost.json moved to its place dashboards/p/lost.json",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(planned, done, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".To" }, cmp.Ignore())); diff != "" {
		t.Errorf("said before (-) and done (+):\n%s", diff)
	}
	wantBytes(t, before, o.Dir, "repaired")
	report, err := Check(o.Dir, o)
	if err != nil || report.Problems.Invalid() || report.Documents != 9 || report.Managed != 2 {
		t.Errorf("check after a repair: %+v, %v", report, err)
	}
	again := openDir(t, o)
	for _, name := range []string{"0", "1"} {
		if e := get(t, again, dash("p", name)); string(e.Mark) != "owner" {
			t.Errorf("dashboard %s: mark %q", name, e.Mark)
		}
	}
	for _, id := range []string{"other", "upper", "deep", "lost", "old"} {
		get(t, again, dash("p", id))
	}
	get(t, again, dash("q", "stray"))
	if _, err := Repair(o.Dir, o, true); err == nil || !strings.Contains(err.Error(), "in use by") {
		t.Errorf("repair of a database that is open: %v", err)
	}
	if readText(t, at("notes", "x.json")) != "mine" {
		t.Error("touched what is not ours")
	}
}

// bytesOf maps contents to paths.
func bytesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path) // it is below
		out[string(data)] = rel
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRepairOfAnIndex(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	if _, err := s.Commit(manyPuts(t, 2, "x")); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	index := filepath.Join(o.Dir, stateDir, indexFile)
	writeFile(t, index, readText(t, index)+"x")
	done, err := Repair(o.Dir, o, true)
	if err != nil || len(done) == 0 || !strings.Contains(done[0].Done, "the index is damaged") {
		t.Fatalf("%+v, %v", done, err)
	}
	if report, err := Check(o.Dir, o); err != nil || len(report.Problems) != 0 || report.Documents != 2 {
		t.Errorf("check after a repair: %+v, %v", report, err)
	}
	if _, err := os.Stat(filepath.Join(o.Dir, stateDir, quarantineDir, indexFile)); err != nil {
		t.Error(err)
	}
}

func TestRepairFinishesTheJournal(t *testing.T) {
	dir, after := interrupted(t)
	o := options(t, dir)
	if _, err := Repair(o.Dir, o, true); err != nil {
		t.Fatal(err)
	}
	delete(after, "dashboards/p/spoilt.json") // into quarantine
	if diff := cmp.Diff(after, tree(t, o.Dir)); diff != "" {
		t.Errorf("repaired (-want +got):\n%s", diff)
	}
	if report, err := Check(o.Dir, o); err != nil || len(report.Problems) != 0 {
		t.Errorf("check after a repair: %+v, %v", report, err)
	}
}

// Whatever step of a repair goes wrong, no byte is lost, and doing it again mends the rest.
func TestEachStepOfARepairGoesWrong(t *testing.T) {
	t.Parallel()
	ruin, _ := ruined(t)
	before := bytesOf(t, ruin.Dir)
	fault.Each(t, func(f *fault.Disk) {
		o := ruin
		o.Dir = fault.Dir(t)
		copyTree(t, ruin.Dir, o.Dir)
		o.Disk = f.Ask
		f.Arm()
		_, err := Repair(o.Dir, o, true)
		wantBytes(t, before, o.Dir, f.String())
		o.Disk = nil
		if _, again := Repair(o.Dir, o, true); again != nil {
			t.Fatalf("%s: %v; again: %v", f, err, again)
		}
		wantBytes(t, before, o.Dir, f.String()+", and again")
		if report, err := Check(o.Dir, o); err != nil || report.Problems.Invalid() || report.Documents != 9 {
			t.Errorf("%s: check after a second repair: %+v, %v", f, report, err)
		}
	})
}

// wantBytes wants everything that was there to be somewhere.
func wantBytes(t *testing.T, before map[string]string, dir, about string) {
	t.Helper()
	after := bytesOf(t, dir)
	for text, path := range before {
		if _, kept := after[text]; !kept && !strings.HasPrefix(path, stateDir) {
			t.Errorf("%s: the bytes of %s are lost", about, path)
		}
	}
}

// With the options of another database everything would look misplaced.
func TestRepairRefuses(t *testing.T) {
	o, _ := ruined(t)
	before := bytesOf(t, o.Dir)
	for name, other := range map[string]Options{
		"extension": {Extension: "yaml", Key: o.Key}, "case": {Extension: o.Extension, CaseSensitive: true, Key: o.Key}, "key": {Extension: o.Extension},
	} {
		for _, apply := range []bool{false, true} {
			if done, err := Repair(o.Dir, other, apply); err == nil {
				t.Errorf("%s: repaired: %+v", name, done)
			}
		}
	}
	if diff := cmp.Diff(before, bytesOf(t, o.Dir)); diff != "" {
		t.Errorf("a repair that was refused wrote:\n%s", diff)
	}
	foreign := t.TempDir()
	writeFile(t, filepath.Join(foreign, "projects", "p.json"), `{"kind":"Project","metadata":{"name":"p"},"spec":{}}`)
	if done, err := Repair(foreign, Options{Extension: "yaml"}, true); err == nil || !strings.Contains(err.Error(), "--config") {
		t.Errorf("another extension, without an index: %+v, %v", done, err)
	}
}
