//go:build unix

package atomicfile

import (
	"errors"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// A disk that is full in the middle of a write: the limit on file size makes the kernel take a part and refuse the rest.
func TestWriteCutShortByTheKernel(t *testing.T) {
	const limit = 4096
	dir := t.TempDir()
	path := filepath.Join(dir, "x.yaml")
	mustWrite(t, path, "old")
	limitFileSize(t, limit)
	err := Write(path, make([]byte, 3*limit), Options{})
	if !errors.Is(err, syscall.EFBIG) {
		t.Fatalf("error is %v", err)
	}
	if want := "write " + path + ": write content: file too large"; err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
	if got := read(t, path); got != "old" {
		t.Errorf("content is %q", got)
	}
	wantNames(t, dir, "x.yaml")
}

// limitFileSize holds for the whole process, so a test that uses it does not run in parallel.
func limitFileSize(t *testing.T, limit uint64) {
	t.Helper()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	low := old
	low.Cur = limit
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &low); err != nil {
		t.Skipf("limit the size of files: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Errorf("restore the limit on file size: %v", err)
		}
		signal.Reset(syscall.SIGXFSZ)
	})
}
