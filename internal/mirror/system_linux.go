package mirror

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// createAnonymous makes a file without a name, on the file system of a directory; nil where that has none.
func createAnonymous(dir *os.File) *os.File {
	fd, err := unix.Openat(int(dir.Fd()), ".", unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, fileMode)
	if err != nil {
		return nil
	}
	return os.NewFile(uintptr(fd), "staged")
}

// descriptorPath is a path that leads to an open file.
func descriptorPath(f *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }

// syncFileSystem makes everything on the file system of a directory durable.
func syncFileSystem(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return unix.Syncfs(int(d.Fd()))
}

// startWriting lets the disk begin with a file, so that a later sync has less to wait for.
func startWriting(f *os.File) { _ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE) }
