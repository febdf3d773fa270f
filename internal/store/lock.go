package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// LockedError says that another process has the database open for writing (R31).
type LockedError struct {
	Holder string // process, host and since when, as the holder wrote it; may be empty
}

// Error names the holder.
func (e *LockedError) Error() string {
	if e.Holder == "" {
		return "in use by another process"
	}
	return "in use by " + e.Holder
}

// lock is a lock on a file that ends with the process, however it ends.
type lock struct{ file *os.File }

// maxHolder bounds what is read of a lock file.
const maxHolder = 256

// acquire takes the lock, or says who has it. It does not wait.
func acquire(path string, now time.Time) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(f, maxHolder)) // without its name the refusal stands
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, &LockedError{Holder: strings.TrimSpace(string(holder))}
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	l := &lock{file: f}
	if err := l.sign(now); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

// sign writes who holds the lock, for whoever finds it taken.
func (l *lock) sign(now time.Time) error {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err = l.file.WriteAt(fmt.Appendf(nil, "process %d on %s since %s\n", os.Getpid(), host, now.UTC().Format(time.RFC3339)), 0)
	return err
}

func (l *lock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
