package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/resource"
)

// journal is an append-only file of records since the last index, each framed by its length and a checksum. A record that was
// not written whole never was. It is guarded by Store.mu.
type journal struct {
	file   *atomicfile.File
	size   int64
	broken bool // a failed append could not be taken back yet
}

// The journal's bounds: at journalLimit bytes a new index takes its place, and no record is larger than maxRecord.
const (
	journalLimit = 4 << 20
	maxRecord    = 1 << 30
	frameHeader  = 8
)

// record is one transaction, or a note about one.
type record struct {
	Generation uint64         `json:"generation,omitempty"`
	Puts       []putRecord    `json:"puts,omitempty"`
	Deletes    []deleteRecord `json:"deletes,omitempty"`
	Marks      []Mark         `json:"marks,omitempty"`
	Done       uint64         `json:"done,omitempty"`     // the removals of this generation are durable: not to be repeated
	Reserved   uint64         `json:"reserved,omitempty"` // generations up to here may have been published
}

// putRecord says what to do, and how to tell whether it was done: the digest of the bytes before, and (in the entry) after.
type putRecord struct {
	Entry  saved  `json:"entry"`
	Staged string `json:"staged"` // file name in the stage directory
	Before digest `json:"before"`
}

type deleteRecord struct {
	ID     resource.ID `json:"id"`
	Before digest      `json:"before"`
}

var checksums = crc32.MakeTable(crc32.Castagnoli)

// openJournal reads the records there are, and cuts off what is no whole record at the end; it says how many bytes that were.
func openJournal(disk atomicfile.Disk, path string) (j *journal, records []*record, cut int, err error) {
	f, err := disk.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, nil, 0, err
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, 0, errors.Join(err, f.Close())
	}
	records, whole := readRecords(data)
	j = &journal{file: f, size: int64(whole)}
	if whole < len(data) {
		if err := j.cut(); err != nil {
			return nil, nil, 0, errors.Join(err, f.Close())
		}
	}
	return j, records, len(data) - whole, nil
}

// readRecords decodes records up to the first that is not whole, and says how many bytes they take.
func readRecords(data []byte) (records []*record, whole int) {
	for {
		rest := data[whole:]
		if len(rest) < frameHeader {
			return records, whole
		}
		length := int(binary.LittleEndian.Uint32(rest))
		if length > maxRecord || length > len(rest)-frameHeader {
			return records, whole
		}
		payload := rest[frameHeader : frameHeader+length]
		r := &record{}
		if crc32.Checksum(payload, checksums) != binary.LittleEndian.Uint32(rest[4:]) || json.Unmarshal(payload, r) != nil {
			return records, whole
		}
		records = append(records, r)
		whole += frameHeader + length
	}
}

// append writes a record and makes it durable. On error the journal is as it was; if even that fails, the next append
// tries again before it adds anything, and a start in between may find a record that nobody acknowledged.
func (j *journal) append(r *record) error {
	if j.broken {
		if err := j.cut(); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		j.broken = false
	}
	before := j.size
	err := j.note(r)
	if err == nil {
		err = j.file.Sync()
	}
	if err == nil {
		return nil
	}
	j.size = before
	if cut := j.cut(); cut != nil {
		j.broken = true
		return errors.Join(err, cut)
	}
	return fmt.Errorf("journal: %w", err)
}

// note writes a record, without making it durable.
func (j *journal) note(r *record) error {
	payload, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if len(payload) > maxRecord {
		return fmt.Errorf("record of %d bytes; the limit is %d: commit less at once", len(payload), maxRecord)
	}
	frame := make([]byte, frameHeader, frameHeader+len(payload))
	binary.LittleEndian.PutUint32(frame, uint32(len(payload)))
	binary.LittleEndian.PutUint32(frame[4:], crc32.Checksum(payload, checksums))
	if _, err := j.file.WriteAt(append(frame, payload...), j.size); err != nil {
		return errors.Join(err, j.cut())
	}
	j.size += int64(cap(frame))
	return nil
}

// cut takes the file back to the records that count.
func (j *journal) cut() error {
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	return j.file.Sync()
}

// reset empties the journal; an index has taken over what it said.
func (j *journal) reset() error {
	j.size = 0
	return j.cut()
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return j.file.Close()
}
