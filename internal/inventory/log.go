package inventory

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/seal"
)

// maxLine bounds one line of a log, in bytes.
const maxLine = 1 << 20

// Log is a file that records are appended to, one JSON text a line, sealed. It is safe for use by one goroutine at a time.
type Log struct {
	path string
	key  *seal.Key
	disk atomicfile.Disk
}

// Log names one; any text serves as a name.
func (i *Inventory) Log(name string) Log {
	return Log{path: filepath.Join(i.dir, url.PathEscape(name)+".log"), key: i.key, disk: i.disk}
}

// Load calls each with every record, oldest first. What a crash cut short at the end is left out; a damaged line in between is an error.
func (l Log) Load(each func(record []byte) error) error {
	f, err := os.Open(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewReaderSize(f, 64<<10)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		record, err := l.open(line)
		if err != nil {
			return fmt.Errorf("read %s: line %d: %w; move the file away to go on without it", l.path, n, err)
		}
		if err := each(record); err != nil {
			return fmt.Errorf("read %s: line %d: %w", l.path, n, err)
		}
	}
}

func (l Log) open(line []byte) ([]byte, error) {
	if len(line) > maxLine {
		return nil, fmt.Errorf("longer than %d bytes", maxLine)
	}
	sealed, err := base64.StdEncoding.AppendDecode(nil, bytes.TrimSuffix(line, []byte("\n")))
	if err != nil {
		return nil, err
	}
	return l.key.Open(sealed)
}

func (l Log) line(v any) ([]byte, error) {
	record, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	line := append(base64.StdEncoding.AppendEncode(nil, l.key.Seal(record)), '\n')
	if len(line) > maxLine {
		return nil, fmt.Errorf("record longer than %d bytes", maxLine)
	}
	return line, nil
}

func (l Log) lines(records []any) ([]byte, error) {
	var b []byte
	for _, r := range records {
		line, err := l.line(r)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", l.path, err)
		}
		b = append(b, line...)
	}
	return b, nil
}

// Append adds records, durably, all of them or (after a crash) the first few.
func (l Log) Append(records ...any) error {
	b, err := l.lines(records)
	if err != nil {
		return err
	}
	f, err := l.disk.OpenFile(l.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	end, err := wholeLines(f)
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.WriteAt(b, end)
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		err = errors.Join(err, f.Truncate(end))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("append to %s: %w", l.path, err)
	}
	if end == 0 {
		return l.disk.SyncDir(filepath.Dir(l.path))
	}
	return nil
}

// wholeLines is where the last whole line ends: a crash may have left part of one behind it.
func wholeLines(f *atomicfile.File) (int64, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return 0, err
	}
	tail := make([]byte, min(size, 2*maxLine))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
		return 0, err
	}
	return size - int64(len(tail)-1-bytes.LastIndexByte(tail, '\n')), nil
}

// Rewrite replaces the log's content, atomically.
func (l Log) Rewrite(records []any) error {
	b, err := l.lines(records)
	if err != nil {
		return err
	}
	return l.disk.Write(l.path, b, atomicfile.Options{Mode: 0o600})
}
