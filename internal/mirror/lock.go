package mirror

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// lockDirectory takes a lock on a directory that ends with the process, however it ends. Where the file system has no such locks, it is
// as if nobody else had it.
func lockDirectory(path string) (*os.File, error) {
	d, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(d.Fd()), unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) {
		return nil, errors.Join(fmt.Errorf("%s is locked", path), d.Close())
	}
	return d, nil
}
