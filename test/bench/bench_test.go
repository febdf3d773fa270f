package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/test/input"
)

func TestFigures(t *testing.T) {
	var b bench
	many := make([]float64, 100)
	for i := range many {
		many[i] = float64(100 - i)
	}
	b.add("few", "ms", []float64{3, 1, 2}, 1, 0.5, 2)
	b.add("many", "ms", many)
	want := []figure{
		{Name: "few", Unit: "ms", Runs: 3, Median: 2, Min: 1, Max: 3, Bare: 1, Ratio: 2},
		{Name: "many", Unit: "ms", Runs: 100, Median: 51, Min: 1, Max: 100, P99: 100},
	}
	if diff := cmp.Diff(want, b.figures); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}

// TestWritten proves that the count of written files sees every way in which a file can be written.
func TestWritten(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"same", "replaced", "rewritten", "gone"} {
		write(t, filepath.Join(dir, name), "before")
	}
	before := prints(t, dir)
	if n := written(before, prints(t, dir)); n != 0 {
		t.Errorf("nothing happened, and %d files were written", n)
	}
	write(t, filepath.Join(dir, "new"), "before")
	write(t, filepath.Join(dir, "rewritten"), "longer than before")
	write(t, filepath.Join(dir, "staged"), "before")
	if err := os.Rename(filepath.Join(dir, "staged"), filepath.Join(dir, "replaced")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "gone")); err != nil {
		t.Fatal(err)
	}
	if n := written(before, prints(t, dir)); n != 4 {
		t.Errorf("%d files written; expected new, rewritten, replaced and gone", n)
	}
}

// TestBare proves that the bare program does the work it is compared by.
func TestBare(t *testing.T) {
	in, out := t.TempDir(), t.TempDir()
	if _, err := input.Write(in, "yaml", 3); err != nil {
		t.Fatal(err)
	}
	if code := runBare([]string{"json", in, out}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	data, err := os.ReadFile(filepath.Join(out, input.Name(2)+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	expected, err := input.Encode(input.Dashboard(2), "json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(expected, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if code := runBare([]string{"json", filepath.Join(in, "missing"), out}); code != 1 {
		t.Errorf("exit code %d for a directory that is not there", code)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func prints(t *testing.T, dir string) map[string]fingerprint {
	t.Helper()
	found, err := fingerprints(dir)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
