package objects

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/klauspost/compress/zstd"

	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/source"
)

const (
	// maxStored bounds a payload: what cannot be compressed grows a little, and sealing adds a nonce and a tag.
	maxStored = MaxContent + MaxContent/128 + 1024
	// window bounds the memory of compressing; documents are far smaller.
	window = 1 << 20
	// parallel is how many contents are packed or unpacked at once before others wait.
	parallel = 2
)

var errNoKey = errors.New("there is no encryption key to seal secret content with")

// codec turns contents into records and back. It is safe for concurrent use.
type codec struct {
	key *seal.Key
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newCodec(key *seal.Key) (*codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(parallel),
		zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true), zstd.WithZeroFrames(true), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, fmt.Errorf("prepare compression: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(parallel), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(MaxContent), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return nil, fmt.Errorf("prepare decompression: %w", err)
	}
	return &codec{key: key, enc: enc, dec: dec}, nil
}

// pack makes the whole bytes of a record, and the record that describes them.
func (c *codec) pack(d source.Digest, data []byte, secret bool) ([]byte, record, error) {
	rec := record{sealed: secret, name: d[:], size: uint32(len(data))}
	payload := c.enc.EncodeAll(data, nil)
	if secret {
		if c.key == nil {
			return nil, record{}, errNoKey
		}
		rec.name, payload = c.key.Seal(d[:]), c.key.Seal(payload)
	}
	rec.stored, rec.sum = uint32(len(payload)), crc32.Checksum(payload, castagnoli)
	raw := make([]byte, 0, rec.length())
	return append(rec.appendHead(raw), payload...), rec, nil
}

// unpack undoes pack for a payload, and checks the content against its digest.
func (c *codec) unpack(d source.Digest, rec record, payload []byte) ([]byte, error) {
	if crc32.Checksum(payload, castagnoli) != rec.sum {
		return nil, ErrDamaged
	}
	if rec.sealed {
		plain, err := c.open(payload)
		if err != nil {
			return nil, err
		}
		payload = plain
	}
	data, err := c.dec.DecodeAll(payload, make([]byte, 0, rec.size))
	if err != nil || source.DigestOf(data) != d {
		return nil, ErrDamaged
	}
	return data, nil
}

// digest reads a record's name.
func (c *codec) digest(rec record) (source.Digest, error) {
	name := rec.name
	if rec.sealed {
		plain, err := c.open(name)
		if err != nil {
			return source.Digest{}, err
		}
		name = plain
	}
	var d source.Digest
	if len(name) != len(d) {
		return d, ErrDamaged
	}
	copy(d[:], name)
	return d, nil
}

// open does not pass on why: the reasons of cryptography are one.
func (c *codec) open(sealed []byte) ([]byte, error) {
	if c.key == nil {
		return nil, ErrKey
	}
	plain, err := c.key.Open(bytes.Clone(sealed))
	if err != nil {
		return nil, ErrKey
	}
	return plain, nil
}
