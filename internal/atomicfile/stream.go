package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// streamBuffer is how much of a streamed file is gathered before it is written.
const streamBuffer = 256 << 10

// StageFrom is Stage for content that comes in pieces: fill writes it. An error of fill is returned as it is, and nothing stays behind.
func StageFrom(dir string, mode fs.FileMode, fill func(io.Writer) error) (*Staged, error) {
	f, err := os.CreateTemp(dir, stagedPrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("stage in %s: %w", dir, cause(err))
	}
	s := &Staged{name: f.Name()}
	if err := errors.Join(stream(f, mode, fill), f.Close()); err != nil {
		return nil, errors.Join(err, s.Discard())
	}
	return s, nil
}

func stream(f *os.File, mode fs.FileMode, fill func(io.Writer) error) error {
	if mode == 0 {
		mode = DefaultMode
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, streamBuffer)
	if err := fill(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	return f.Sync()
}
