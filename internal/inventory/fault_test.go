package inventory

import (
	"slices"
	"testing"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/test/fault"
)

// Whatever step of a write goes wrong, what is remembered is what was or what should be, and the next write works.
func TestMemoryGoesWrong(t *testing.T) {
	fault.Each(t, func(f *fault.Disk) {
		dir := fault.Dir(t)
		m := openIn(t, nil, dir).Memory("m")
		must(t, m.Save([]byte("old")))
		faulty := openIn(t, f.Ask, dir)
		f.Arm()
		err := faulty.Memory("m").Save([]byte("new"))
		got, loadErr := m.Load()
		must(t, loadErr)
		if text := string(got); text != "new" && (err == nil || text != "old") {
			t.Errorf("%s: error %v, and %q is remembered", f, err, text)
		}
		must(t, m.Save([]byte("newer")))
	})
}

// A log keeps all of what was there, and of what is added all, nothing or (where the process dies) the first few records.
func TestLogGoesWrong(t *testing.T) {
	for name, write := range map[string]func(Log) error{
		"append":  func(l Log) error { return l.Append("c", "d") },
		"rewrite": func(l Log) error { return l.Rewrite([]any{"a", "b", "c", "d"}) },
	} {
		t.Run(name, func(t *testing.T) {
			fault.Each(t, func(f *fault.Disk) {
				dir := fault.Dir(t)
				l := openIn(t, nil, dir).Log("l")
				must(t, l.Append("a", "b"))
				faulty := openIn(t, f.Ask, dir)
				f.Arm()
				err := write(faulty.Log("l"))
				before, after := []string{`"a"`, `"b"`}, []string{`"a"`, `"b"`, `"c"`, `"d"`}
				got := records(t, l)
				dead := f.Way >= fault.Dies && len(got) >= 2 && slices.Equal(got, after[:len(got)])
				if !slices.Equal(got, after) && (err == nil || !slices.Equal(got, before) && !dead) {
					t.Errorf("%s: error %v, and %v is logged", f, err, got)
				}
				must(t, l.Append("e"))
				if again := records(t, l); !slices.Equal(again, append(got, `"e"`)) {
					t.Errorf("%s: then %v, and with one more %v", f, got, again)
				}
			})
		})
	}
}

func openIn(t *testing.T, disk atomicfile.Disk, dir string) *Inventory {
	t.Helper()
	i, err := OpenOn(disk, dir, testKey(t))
	must(t, err)
	return i
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func records(t *testing.T, l Log) (all []string) {
	t.Helper()
	must(t, l.Load(func(record []byte) error { all = append(all, string(record)); return nil }))
	return all
}
