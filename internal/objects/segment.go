package objects

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/perseid-dev/perseid/internal/atomicfile"
)

// A segment is segmentMagic, records, their table, and a trailer, little-endian:
//
//	0  uint32   bytes of the table
//	4  uint32   CRC-32C of the table
//	8  [8]byte  trailerMagic
const (
	segmentMagic = "perseid objects 1\n"
	trailerMagic = "objects\n"
	trailerSize  = 16
	// maxSegment is the size at which a segment is closed, in bytes. One content larger than the rest of it still fits.
	maxSegment = 64 << 20
	// maxTable bounds what is read as a table.
	maxTable = 64 << 20
)

// errNotSegment marks a file that has our name and does not start as our files do.
var errNotSegment = errors.New("not an object segment of this version; move it away")

// segment is one open file. Its fields change only while it is staged, under the store's write lock.
type segment struct {
	path    string
	file    *atomicfile.File
	end     int64  // where the records end
	table   []byte // while staged
	exposed bool   // holds a plain copy of what is sealed elsewhere
}

// createSegment opens the staged segment, discarding what a crash left there.
func createSegment(disk atomicfile.Disk, path string) (*segment, error) {
	f, err := disk.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteAt([]byte(segmentMagic), 0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &segment{path: path, file: f, end: int64(len(segmentMagic))}, nil
}

// append writes the whole bytes of a record. After an error the next record goes to the same place.
func (g *segment) append(raw []byte, rec record) (offset int64, err error) {
	if _, err := g.file.WriteAt(raw, g.end); err != nil {
		return 0, err
	}
	offset = g.end
	g.end += int64(len(raw))
	g.table = rec.appendHead(g.table)
	return offset, nil
}

// finish writes table and trailer behind the records and syncs the file.
func (g *segment) finish() error {
	b := g.table
	b = binary.LittleEndian.AppendUint32(b, uint32(len(g.table)))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(g.table, castagnoli))
	b = append(b, trailerMagic...)
	if _, err := g.file.WriteAt(b, g.end); err != nil {
		return err
	}
	// A record that did not fit may have left bytes behind.
	if err := g.file.Truncate(g.end + int64(len(b))); err != nil {
		return err
	}
	return g.file.Sync()
}

// found is called for each record of a segment, in order.
type found func(rec record, offset int64) error

// openSegment opens a whole segment and goes through its records: by the table, or where that is missing by the records.
func openSegment(disk atomicfile.Disk, path string, each found) (*segment, error) {
	f, err := disk.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	g := &segment{path: path, file: f, end: int64(len(segmentMagic))}
	if err := g.scan(each); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return g, nil
}

func (g *segment) scan(each found) error {
	info, err := g.file.Stat()
	if err != nil {
		return err
	}
	start := make([]byte, len(segmentMagic))
	n, err := g.file.ReadAt(start, 0)
	if err != nil && err != io.EOF {
		return err
	}
	if !bytes.HasPrefix([]byte(segmentMagic), start[:n]) {
		return errNotSegment
	}
	if table, ok := g.readTable(info.Size()); ok {
		return g.scanTable(table, each)
	}
	return g.scanRecords(info.Size(), each)
}

// readTable returns the table if it is whole and describes exactly the bytes before it.
func (g *segment) readTable(size int64) ([]byte, bool) {
	var t [trailerSize]byte
	if size < int64(len(segmentMagic))+trailerSize {
		return nil, false
	}
	if _, err := g.file.ReadAt(t[:], size-trailerSize); err != nil || string(t[8:]) != trailerMagic {
		return nil, false
	}
	n := int64(binary.LittleEndian.Uint32(t[:]))
	at := size - trailerSize - n
	if n > maxTable || at < int64(len(segmentMagic)) {
		return nil, false
	}
	table := make([]byte, n)
	if _, err := g.file.ReadAt(table, at); err != nil || crc32.Checksum(table, castagnoli) != binary.LittleEndian.Uint32(t[4:]) {
		return nil, false
	}
	return table, tableLength(table) == at-int64(len(segmentMagic))
}

// tableLength is how many bytes the records of a table take, or -1 if it is not a table.
func tableLength(table []byte) (total int64) {
	for len(table) > 0 {
		rec, err := parseHead(table)
		if err != nil {
			return -1
		}
		total += rec.length()
		table = table[rec.headLen():]
	}
	return total
}

func (g *segment) scanTable(table []byte, each found) error {
	for len(table) > 0 {
		rec, err := parseHead(table)
		if err != nil {
			return err
		}
		if err := each(rec, g.end); err != nil {
			return err
		}
		g.end += rec.length()
		table = table[rec.headLen():]
	}
	return nil
}

// scanRecords reads records, payloads checked, up to the first that is not whole.
func (g *segment) scanRecords(size int64, each found) error {
	head := make([]byte, headSize+255)
	for g.end < size {
		n, err := g.file.ReadAt(head, g.end)
		if err != nil && err != io.EOF {
			return err
		}
		rec, err := parseHead(head[:n])
		if err != nil || g.end+rec.length() > size {
			return nil
		}
		rec.name = bytes.Clone(rec.name)
		payload := make([]byte, rec.stored)
		if _, err := g.file.ReadAt(payload, g.end+int64(rec.headLen())); err != nil {
			return err
		}
		if crc32.Checksum(payload, castagnoli) != rec.sum {
			return nil
		}
		if err := each(rec, g.end); err != nil {
			return err
		}
		g.end += rec.length()
	}
	return nil
}
