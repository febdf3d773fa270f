package inventory

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/source"
)

func open(t *testing.T) *Inventory {
	t.Helper()
	i, err := Open(t.TempDir(), testKey(t))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func testKey(t *testing.T) *seal.Key {
	t.Helper()
	key, err := seal.NewKey(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestMarkRoundTrip(t *testing.T) {
	m := Mark{
		Source: "dir:/a", Origin: "/a/x.yaml", Path: "x.yaml", Digest: source.DigestOf([]byte("x")), Index: 2,
		Declared: Hash{1}, Stored: Hash{2}, Revision: "r", Since: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC),
	}
	got, err := DecodeMark(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, *got); diff != "" {
		t.Errorf("mark reads back differently (-want +got):\n%s", diff)
	}
	if none, err := DecodeMark(nil); none != nil || err != nil {
		t.Errorf("no mark reads as %v, %v", none, err)
	}
}

func TestMemory(t *testing.T) {
	m := open(t).Memory("source dir:/a b/ü")
	if data, err := m.Load(); data != nil || err != nil {
		t.Fatalf("a new memory holds %q, %v", data, err)
	}
	if err := m.SaveJSON(map[string]int{"a": 1}); err != nil {
		t.Fatal(err)
	}
	var got map[string]int
	if err := m.LoadJSON(&got); err != nil || got["a"] != 1 {
		t.Errorf("loaded %v, %v", got, err)
	}
	if err := m.Forget(); err != nil {
		t.Error(err)
	}
	if data, err := m.Load(); data != nil || err != nil {
		t.Errorf("a forgotten memory holds %q, %v", data, err)
	}
}

func load(t *testing.T, l Log) []int {
	t.Helper()
	var got []int
	err := l.Load(func(record []byte) error {
		var n int
		err := json.Unmarshal(record, &n)
		got = append(got, n)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestLogCutAtEveryByte(t *testing.T) {
	l := open(t).Log("history")
	if err := l.Append(1, 2); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		if err := os.WriteFile(l.path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		before := load(t, l)
		if err := l.Append(3); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(append(before, 3), load(t, l)); diff != "" {
			t.Errorf("cut at %d (-want +got):\n%s", n, diff)
		}
	}
}

func TestLogDamageIsSaid(t *testing.T) {
	l := open(t).Log("history")
	if err := l.Append(1, 2); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(l.path)
	data[0] ^= 1
	if err := os.WriteFile(l.path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.Load(func([]byte) error { return nil }); err == nil {
		t.Error("a damaged line is read")
	}
	if err := l.Rewrite([]any{7}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{7}, load(t, l)); diff != "" {
		t.Errorf("rewritten (-want +got):\n%s", diff)
	}
}
