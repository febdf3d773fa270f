package objects

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// A record is a head, a name and a payload. The head, little-endian:
//
//	0  uint32  CRC-32C of the rest of the head and the name
//	4  uint8   flags
//	5  uint8   bytes of the name
//	6  uint32  bytes of the payload
//	10 uint32  bytes of the content before compression
//	14 uint32  CRC-32C of the payload
//
// The name is the digest, or, with flagSealed, the sealed digest; the payload is compressed, and then sealed likewise.
// The table of a segment is its heads and names without the payloads.
const (
	headSize   = 18
	flagSealed = 1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errHead = errors.New("record head is damaged")

type record struct {
	sealed bool
	name   []byte
	stored uint32
	size   uint32
	sum    uint32
}

func (r record) headLen() int { return headSize + len(r.name) }

// length is the bytes that the record takes in a segment.
func (r record) length() int64 { return int64(r.headLen()) + int64(r.stored) }

func (r record) appendHead(b []byte) []byte {
	start := len(b)
	var flags byte
	if r.sealed {
		flags = flagSealed
	}
	b = append(b, 0, 0, 0, 0, flags, byte(len(r.name)))
	b = binary.LittleEndian.AppendUint32(b, r.stored)
	b = binary.LittleEndian.AppendUint32(b, r.size)
	b = binary.LittleEndian.AppendUint32(b, r.sum)
	b = append(b, r.name...)
	binary.LittleEndian.PutUint32(b[start:], crc32.Checksum(b[start+4:], castagnoli))
	return b
}

// parseHead reads a head and its name from the start of b. The name is a part of b.
func parseHead(b []byte) (record, error) {
	if len(b) < headSize || len(b) < headSize+int(b[5]) {
		return record{}, errHead
	}
	n := headSize + int(b[5])
	if binary.LittleEndian.Uint32(b) != crc32.Checksum(b[4:n], castagnoli) {
		return record{}, errHead
	}
	r := record{
		sealed: b[4]&flagSealed != 0,
		name:   b[headSize:n],
		stored: binary.LittleEndian.Uint32(b[6:]),
		size:   binary.LittleEndian.Uint32(b[10:]),
		sum:    binary.LittleEndian.Uint32(b[14:]),
	}
	if r.size > MaxContent || r.stored > maxStored {
		return record{}, errHead
	}
	return r, nil
}
