package atomicfile

import (
	"errors"
	"syscall"
)

// advices say what to do about a disk that takes no write, by what it says.
var advices = []struct {
	cause  syscall.Errno
	advice string
}{
	{syscall.ENOSPC, "the disk of the database is full, or has no inodes left: make room; until then everything is served and nothing written"},
	{syscall.EDQUOT, "the quota of the database's disk is used up: make room; until then everything is served and nothing written"},
	{syscall.EROFS, "the disk of the database is read-only: mount it for writing"},
	{syscall.EACCES, "the database cannot be written by this user: let it read, write and enter the folder and what is in it"},
	{syscall.EPERM, "the database cannot be written by this user: let it read, write and enter the folder and what is in it"},
	{syscall.ENOTDIR, "a file is in the place of a directory of the database: move it away, or configure another database.file.folder"},
	{syscall.EIO, "the disk of the database fails: look into the system's log"},
}

// Advice says what to do about an error of writing into the database; "" if the disk is not the cause.
func Advice(err error) string {
	for _, a := range advices {
		if errors.Is(err, a.cause) {
			return a.advice
		}
	}
	return ""
}
