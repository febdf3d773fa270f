package atomicfile

import (
	"errors"
	"io/fs"
	"os"
)

// Disk is what files are written on. Nil is that of the operating system, and what programs use. In tests it is a function that is asked
// before each step that changes anything: where it returns an error the step fails with it, and nothing is done; if the error wraps
// ErrShort, half of what was to be written is. A disk that goes on failing is what the files see of a process that died.
// The function may be called by several goroutines at once.
type Disk func(step, path string) error

// The steps, as errors name them and a Disk is asked about them.
const (
	StepCreate   = "create"
	StepWrite    = "write content"
	StepTruncate = "truncate"
	StepSync     = "sync"
	StepRename   = "rename"
	StepRemove   = "remove"
	StepMkdir    = "make directory"
	StepSyncDir  = "sync directory"
)

// ErrShort makes a write fail half done.
var ErrShort = errors.New("short write")

func (d Disk) ask(step, path string) error {
	if d == nil {
		return nil
	}
	if err := d(step, path); err != nil {
		return &fs.PathError{Op: step, Path: path, Err: err}
	}
	return nil
}

// OpenFile opens a file as os.OpenFile does. With flags that may create or empty it, it is a step.
func (d Disk) OpenFile(path string, flag int, mode fs.FileMode) (*File, error) {
	if flag&(os.O_CREATE|os.O_TRUNC) != 0 {
		if err := d.ask(StepCreate, path); err != nil {
			return nil, err
		}
	}
	f, err := os.OpenFile(path, flag, mode)
	if err != nil {
		return nil, err
	}
	return &File{File: f, disk: d}, nil
}

// Rename gives a file another name, replacing what has it. It is durable after SyncDir of both directories.
func (d Disk) Rename(from, to string) error {
	if err := d.ask(StepRename, to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// Unlink removes a file or an empty directory. It is durable after SyncDir of its directory.
func (d Disk) Unlink(path string) error {
	if err := d.ask(StepRemove, path); err != nil {
		return err
	}
	return os.Remove(path)
}

// File is an open file on a Disk.
type File struct {
	*os.File
	disk Disk
}

// Write is as that of os.File.
func (f *File) Write(p []byte) (int, error) { return f.write(p, f.File.Write) }

// WriteAt is as that of os.File.
func (f *File) WriteAt(p []byte, offset int64) (int, error) {
	return f.write(p, func(p []byte) (int, error) { return f.File.WriteAt(p, offset) })
}

func (f *File) write(p []byte, do func([]byte) (int, error)) (n int, err error) {
	if err = f.disk.ask(StepWrite, f.Name()); err == nil {
		return do(p)
	}
	if errors.Is(err, ErrShort) {
		n, _ = do(p[:len(p)/2])
	}
	return n, err
}

// Truncate is as that of os.File.
func (f *File) Truncate(size int64) error {
	if err := f.disk.ask(StepTruncate, f.Name()); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

// Sync is as that of os.File.
func (f *File) Sync() error {
	if err := f.disk.ask(StepSync, f.Name()); err != nil {
		return err
	}
	return f.File.Sync()
}
