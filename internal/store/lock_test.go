package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
)

// holdVariable makes the test binary a process that holds a database until its input ends.
const holdVariable = "PERSEID_TEST_HOLD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdVariable); dir != "" {
		s, err := Open(Options{Dir: dir})
		fmt.Println(err)
		bufio.NewReader(os.Stdin).ReadString('\n')
		if err == nil {
			err = s.Close()
		}
		fmt.Println(err)
		return
	}
	os.Exit(m.Run())
}

// R31: one writer. A second process is told who holds the lock, touches nothing, and may read.
func TestLockedByAnotherProcess(t *testing.T) {
	o := options(t, t.TempDir())
	o.Extension, o.Key = "yaml", nil
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holdVariable+"="+o.Dir)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "<nil>" {
		t.Fatalf("the other process: %s", lines.Text())
	}
	_, err = Open(o)
	var locked *LockedError
	if want := fmt.Sprintf("process %d on ", other.Process.Pid); !errors.As(err, &locked) || !strings.HasPrefix(locked.Holder, want) {
		t.Errorf("error %v", err)
	}
	for name, run := range map[string]func(string) error{"release": Release, "backup": func(dir string) error { return Backup(dir, nil) }} {
		if err := run(o.Dir); !errors.As(err, &locked) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantReadOnly(t, o, locked.Holder)
	in.Close()
	if err := other.Wait(); err != nil {
		t.Error(err)
	}
	openDir(t, o)
}

func wantReadOnly(t *testing.T, o Options, holder string) {
	t.Helper()
	writeFile(t, o.Dir+"/projects/p.yaml", "kind: Project\nmetadata:\n  name: p\n")
	o.ReadOnly = true
	before := tree(t, o.Dir)
	s := openDir(t, o)
	if got := names(t, s, "Project", "", ""); !cmp.Equal(got, []string{"p"}) {
		t.Errorf("listed %v", got)
	}
	_, err := s.Create(dashboard(t, "p", "d", "x"), nil)
	if problem.ClassOf(err) != problem.Unavailable || !strings.Contains(err.Error(), holder) {
		t.Errorf("write: %v", err)
	}
	if _, err := s.Commit(manyPuts(t, 1, "x")); problem.ClassOf(err) != problem.Unavailable {
		t.Errorf("commit: %v", err)
	}
	closeStore(t, s)
	if diff := cmp.Diff(before, tree(t, o.Dir)); diff != "" {
		t.Errorf("written:\n%s", diff)
	}
}

// R30: state of a newer version is left alone; documents are served.
func TestNewerState(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	create(t, s, project(t, "p"))
	closeStore(t, s)
	writeFile(t, s.state(versionFile), fmt.Sprintln(stateVersion+1))
	index := readText(t, s.state(indexFile))
	newer := openDir(t, o)
	if got := names(t, newer, "Project", "", ""); !cmp.Equal(got, []string{"p"}) {
		t.Errorf("listed %v", got)
	}
	if err := newer.Delete(get(t, newer, project(t, "p").ID()).ID, nil); problem.ClassOf(err) != problem.Unavailable {
		t.Errorf("delete: %v", err)
	}
	closeStore(t, newer)
	if readText(t, s.state(indexFile)) != index {
		t.Error("the index was rewritten")
	}
	if err := Release(o.Dir); err == nil {
		t.Error("released")
	}
}

func TestClosed(t *testing.T) {
	s := openDir(t, options(t, t.TempDir()))
	create(t, s, project(t, "p"))
	closeStore(t, s)
	closeStore(t, s)
	if _, err := s.Update(project(t, "p"), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("error %v", err)
	}
}
