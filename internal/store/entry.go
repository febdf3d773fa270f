package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/perseid-dev/perseid/internal/resource"
)

// Entry is what is known of one stored document without its body. It is immutable.
type Entry struct {
	ID       resource.ID // folded where the database is case-insensitive
	Metadata resource.Metadata
	Hash     [32]byte // canonical hash; keyed where the kind holds secrets
	Default  bool     // spec.default of datasources
	Plugin   string   // spec.plugin.kind of datasources
	Display  string   // spec.display.name of dashboards
	Variable string   // the name a variable resource contributes; "" for other kinds
	ETag     string   // strong, quoted; changes with every byte of the answer
	Mark     []byte   // owner mark; nil for unmanaged
	Problem  string   // why the file on disk cannot be read now; the entry is then its last readable version

	raw       digest      // of the bytes the entry describes; zero if none were ever readable
	print     fingerprint // of the file as it was when last looked at, readable or not
	canonical bool        // the bytes on disk are the answer
	live      *live
}

// live is the little of an entry that changes while it is shared. Entries of the same bytes share one.
type live struct {
	settled atomic.Bool  // no write can hide in the grain of the file's timestamps any more
	lent    atomic.Int64 // when Get last gave it away, in Unix nanoseconds
	pinned  atomic.Pointer[[]byte]
}

// copy is an entry of the same bytes, to be changed before it is published.
func (e *Entry) copy() *Entry {
	c := *e
	return &c
}

// served says whether there is any version to serve; otherwise the entry only marks that a file is there.
func (e *Entry) served() bool { return e != nil && e.raw != digest{} }

// digest is the SHA-256 of a file's bytes. The zero digest stands for no file. As text it is hexadecimal.
type digest [32]byte

// MarshalText writes hexadecimal; the zero digest is empty.
func (d digest) MarshalText() ([]byte, error) {
	if d == (digest{}) {
		return []byte{}, nil
	}
	return hex.AppendEncode(nil, d[:]), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *digest) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = digest{}
		return nil
	}
	if len(text) != 2*len(d) {
		return fmt.Errorf("digest of %d characters, expected %d", len(text), 2*len(d))
	}
	_, err := hex.Decode(d[:], text)
	return err
}

func digestOf(data []byte) digest { return sha256.Sum256(data) }

// fingerprint tells one state of a file from another without reading it. Times are Unix nanoseconds.
type fingerprint struct {
	Inode uint64
	Size  int64
	Mtime int64
	Ctime int64
}

// grain is how close to its last change a file cannot be told from a second change by its timestamps.
const grain = 50 * time.Millisecond

// settledAt says whether a change after now would show in the timestamps.
func (p fingerprint) settledAt(now time.Time) bool {
	return now.UnixNano()-max(p.Mtime, p.Ctime) > int64(grain)
}

// sort is what lies at a path.
type sort uint8

const (
	nothing sort = iota
	regular
	link
	other
)

// lstat looks at a path, following no link.
func lstat(path string) (fingerprint, sort, error) { return statAt(unix.AT_FDCWD, path) }

// lstatAt is lstat for a name in an open directory.
func lstatAt(dir *os.File, name string) (fingerprint, sort, error) {
	return statAt(int(dir.Fd()), name)
}

func statAt(dir int, path string) (fingerprint, sort, error) {
	var st unix.Stat_t
	var err error
	for {
		if err = unix.Fstatat(dir, path, &st, unix.AT_SYMLINK_NOFOLLOW); err != unix.EINTR {
			break
		}
	}
	switch err {
	case nil:
	case unix.ENOENT, unix.ENOTDIR, unix.ENAMETOOLONG:
		return fingerprint{}, nothing, nil
	default:
		return fingerprint{}, nothing, &os.PathError{Op: "lstat", Path: path, Err: err}
	}
	return printOf(&st), sortOf(&st), nil
}

func printOf(st *unix.Stat_t) fingerprint {
	return fingerprint{Inode: uint64(st.Ino), Size: st.Size, Mtime: unix.TimespecToNsec(st.Mtim), Ctime: unix.TimespecToNsec(st.Ctim)}
}

func sortOf(st *unix.Stat_t) sort {
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return regular
	case unix.S_IFLNK:
		return link
	}
	return other
}

// MaxDocument is the size of the largest file that is read as a document.
const MaxDocument = 32 << 20

// readFile reads a regular file, and its fingerprint from before the reading: what changes meanwhile shows as another one.
func readFile(path string) ([]byte, fingerprint, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fingerprint{}, err
	}
	defer f.Close()
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return nil, fingerprint{}, &os.PathError{Op: "fstat", Path: path, Err: err}
	}
	if sortOf(&st) != regular {
		return nil, printOf(&st), fmt.Errorf("read %s: not a regular file", filepath.Base(path))
	}
	if st.Size > MaxDocument {
		return nil, printOf(&st), fmt.Errorf("read %s: larger than %d MiB", filepath.Base(path), MaxDocument>>20)
	}
	data := make([]byte, st.Size, st.Size+1)
	n, err := io.ReadFull(f, data)
	if err == io.ErrUnexpectedEOF || err == io.EOF { // cut short meanwhile: the digest tells
		data, err = data[:n], nil
	}
	return data, printOf(&st), err
}
