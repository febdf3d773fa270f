package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheck(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	if _, err := s.Commit(manyPuts(t, 3, "x")); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	clean, err := Check(o.Dir, o)
	if err != nil || clean.Documents != 3 || clean.Managed != 3 || len(clean.Problems) != 0 {
		t.Fatalf("clean database: %+v, %v", clean, err)
	}

	at := func(parts ...string) string { return filepath.Join(append([]string{o.Dir}, parts...)...) }
	writeFile(t, at("dashboards", "p", "1.json"), "{")
	writeFile(t, at("dashboards", "p", "Upper.json"), foreign("x"))
	writeFile(t, at("dashboards", "p", "other.yaml"), "x")
	writeFile(t, at("dashboards", "p", "deep", "d.json"), foreign("x"))
	writeFile(t, at("dashboards", "stray.json"), foreign("x"))
	writeFile(t, at("dashboards", "Up", "d.json"), foreign("x"))
	writeFile(t, at("notes", "x.json"), "x")
	writeFile(t, at(stateDir, stageDir, "left"), "x")
	if err := os.Chmod(at("dashboards", "p", "2.json"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("2.json", at("dashboards", "p", "link.json")); err != nil {
		t.Fatal(err)
	}
	before := tree(t, o.Dir)
	report, err := Check(o.Dir, o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range report.Problems {
		got = append(got, fmt.Sprintf("%s %s", p.Severity, p.Origin))
	}
	want := []string{
		"warning .perseid/index", "warning .perseid/stage", "warning dashboards/Up", "error dashboards/p/1.json", "warning dashboards/p/2.json",
		"warning dashboards/p/Upper.json", "warning dashboards/p/deep", "error dashboards/p/link.json", "warning dashboards/p/other.yaml",
		"warning dashboards/stray.json", "warning notes",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if report.Documents != 2 {
		t.Errorf("%d documents", report.Documents)
	}
	if diff := cmp.Diff(before, tree(t, o.Dir)); diff != "" {
		t.Errorf("check wrote:\n%s", diff)
	}
}

func TestCheckOfUnfinishedJournal(t *testing.T) {
	o, lens := options(t, t.TempDir()), &lens{}
	o.Disk = lens.disk
	s := openDir(t, o)
	frames := lens.film(t, s, func() {
		if _, err := s.Commit(manyPuts(t, 2, "x")); err != nil {
			t.Fatal(err)
		}
	})
	cut := recorded(t, frames)
	file, err := os.OpenFile(filepath.Join(cut, stateDir, journalFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString("cut")
	file.Close()
	report, err := Check(cut, o)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(report.Problems[0], report.Problems[1])
	if !strings.Contains(text, "1 transactions") || !strings.Contains(text, "3 bytes") {
		t.Errorf("problems %v", report.Problems)
	}
	if report.Problems.Invalid() {
		t.Error("what the next start mends is no error")
	}
}

// R30: a released folder is whole in Perses' layout, without our state.
func TestRelease(t *testing.T) {
	o, lens := options(t, t.TempDir()), &lens{}
	o.Disk = lens.disk
	s := openDir(t, o)
	frames := lens.film(t, s, func() {
		if _, err := s.Commit(manyPuts(t, 3, "new")); err != nil {
			t.Fatal(err)
		}
	})
	want := tree(t, o.Dir)
	o.Dir = recorded(t, frames)
	if len(tree(t, o.Dir)) != 0 {
		t.Fatal("the frame is not of the moment before the renames")
	}
	if err := Release(o.Dir); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, tree(t, o.Dir)); diff != "" {
		t.Errorf("released (-want +got):\n%s", diff)
	}
	back := openDir(t, o)
	wantMarks(t, back, true)
	if back.Reformed() {
		t.Error("reformed by a release")
	}
	closeStore(t, back)
	if err := Release(filepath.Join(o.Dir, "none")); err == nil {
		t.Error("released a directory that is not there")
	}
}

func TestBackupAndRestore(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	if _, err := s.Commit(manyPuts(t, 3, "x")); err != nil {
		t.Fatal(err)
	}
	create(t, s, samples(t)[4])
	writeFile(t, s.state("objects", "segment"), "kept by others")
	var live, cold bytes.Buffer
	if err := s.Backup(&live); err != nil {
		t.Fatal(err)
	}
	generation := s.Generation()
	abandon(t, s)
	if err := Backup(o.Dir, &cold); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"live": live.Bytes(), "cold": cold.Bytes()} {
		backup := filepath.Join(t.TempDir(), "backup.tar")
		writeFile(t, backup, string(data))
		to := o
		to.Dir = filepath.Join(t.TempDir(), "restored")
		if err := Restore(backup, to.Dir); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tree(t, o.Dir), tree(t, to.Dir)); diff != "" {
			t.Errorf("%s (-backed up +restored):\n%s", name, diff)
		}
		again := openDir(t, to)
		if again.Generation() < generation || readText(t, again.state("objects", "segment")) != "kept by others" {
			t.Errorf("%s: our own state was not restored", name)
		}
		if e := get(t, again, dash("p", "1")); string(e.Mark) != "owner" {
			t.Errorf("%s: mark %q", name, e.Mark)
		}
		if err := Restore(backup, to.Dir); err == nil {
			t.Errorf("%s: restored over a database", name)
		}
	}
}

func FuzzRestore(f *testing.F) {
	s := openDir(f, options(f, f.TempDir()))
	create(f, s, project(f, "p"))
	var backup bytes.Buffer
	if err := s.Backup(&backup); err != nil {
		f.Fatal(err)
	}
	f.Add(backup.Bytes())
	f.Add([]byte(strings.ReplaceAll(backup.String(), "projects/p.json", "projects/../x/p")))
	f.Fuzz(func(t *testing.T, data []byte) {
		around := t.TempDir()
		dir := filepath.Join(around, "db")
		err := restore(bytes.NewReader(data), dir)
		if beside, _ := os.ReadDir(around); len(beside) != 1 {
			t.Fatalf("written beside the database: %v", beside)
		}
		if left, _ := os.ReadDir(dir); err != nil && len(left) != 0 {
			t.Fatalf("left %v after %v", left, err)
		}
	})
}

func TestRestoreRefuses(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	create(t, s, project(t, "p"))
	var whole bytes.Buffer
	if err := s.Backup(&whole); err != nil {
		t.Fatal(err)
	}
	writeFile(t, s.state(versionFile), fmt.Sprintln(stateVersion+1))
	var newer bytes.Buffer
	if err := s.Backup(&newer); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"cut":               whole.String()[:whole.Len()/2],
		"outside":           strings.ReplaceAll(whole.String(), "projects/p.json", "../../../p.json"),
		"not a kind's":      strings.ReplaceAll(whole.String(), "projects/p.json", "projekts/p.json"),
		"not a tar":         strings.Repeat("x", 2000),
		"of a newer format": newer.String(),
	} {
		backup, dir := filepath.Join(t.TempDir(), "b.tar"), t.TempDir()
		writeFile(t, backup, data)
		if err := Restore(backup, dir); err == nil {
			t.Errorf("%s: restored", name)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("%s: left %v, %v", name, left, err)
		}
	}
}
