package dir

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// fingerprint tells whether a file may have changed. Times are nanoseconds since 1970.
type fingerprint struct {
	Dev   uint64 `json:"d"`
	Ino   uint64 `json:"i"`
	Size  int64  `json:"s"`
	Mtime int64  `json:"m"`
	Ctime int64  `json:"c"`
}

// racy is how old a file's times must be before equal fingerprints mean equal content (DELIVERY R5): file systems count
// time in ticks, and a second write in the same tick leaves no trace.
const racy = 50 * time.Millisecond

// wait is how long after now a file can be trusted to show another write; zero or less if it can be now.
func (f fingerprint) wait(now time.Time) time.Duration {
	return max(f.waitFor(f.Mtime, now), f.waitFor(f.Ctime, now))
}

func (fingerprint) waitFor(stamp int64, now time.Time) time.Duration {
	age := now.Sub(time.Unix(0, stamp))
	if age <= -racy { // a clock that is ahead of ours tells nothing about now
		return 0
	}
	return racy - age
}

// lstat is os.Lstat without its allocations; a listing calls it for each file.
func lstat(path string) (st unix.Stat_t, err error) { return statAt(unix.AT_FDCWD, path) }

// lstatAt is lstat for a name in an open directory.
func lstatAt(dir *os.File, name string) (st unix.Stat_t, err error) {
	return statAt(int(dir.Fd()), name)
}

func statAt(dir int, path string) (st unix.Stat_t, err error) {
	for {
		if err = unix.Fstatat(dir, path, &st, unix.AT_SYMLINK_NOFOLLOW); err != unix.EINTR {
			break
		}
	}
	if err != nil {
		err = &os.PathError{Op: "lstat", Path: path, Err: err}
	}
	return st, err
}

func fstat(f *os.File) (st unix.Stat_t, err error) {
	if err = unix.Fstat(int(f.Fd()), &st); err != nil {
		err = &os.PathError{Op: "fstat", Path: f.Name(), Err: err}
	}
	return st, err
}

func isRegular(st unix.Stat_t) bool { return st.Mode&unix.S_IFMT == unix.S_IFREG }

func isDirectory(st unix.Stat_t) bool { return st.Mode&unix.S_IFMT == unix.S_IFDIR }

func printOf(st unix.Stat_t) fingerprint {
	return fingerprint{
		Dev: uint64(st.Dev), Ino: st.Ino, Size: st.Size,
		Mtime: st.Mtim.Nano(), Ctime: st.Ctim.Nano(),
	}
}
