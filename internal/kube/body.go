package kube

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protowire"
)

const (
	// maxObject bounds one object on the wire, in bytes; etcd takes 1.5 MiB by default, and can be told to take more.
	maxObject = 16 << 20
	// keptBuffer is how much of a buffer outlives a large object.
	keptBuffer = 256 << 10
	readBuffer = 16 << 10
)

// listMeta and listItem are the fields of a list; metaContinue and metaListRevision those of its metadata (metav1.ListMeta).
const (
	listMeta, listItem             = 1, 2
	metaListRevision, metaContinue = 2, 3
)

// body reads messages out of a response, one at a time, into one buffer.
type body struct {
	r      *bufio.Reader
	buffer []byte
}

func newBody(r io.Reader) *body { return &body{r: bufio.NewReaderSize(r, readBuffer)} }

// take reads n bytes; they are valid until the next call.
func (b *body) take(n uint64) ([]byte, error) {
	if n > maxObject {
		return nil, fmt.Errorf("a message of %d bytes, at most %d are read", n, maxObject)
	}
	if cap(b.buffer) > keptBuffer && n <= keptBuffer {
		b.buffer = nil
	}
	if uint64(cap(b.buffer)) < n {
		b.buffer = make([]byte, max(n, min(2*n, keptBuffer)))
	}
	b.buffer = b.buffer[:n]
	_, err := io.ReadFull(b.r, b.buffer)
	return b.buffer, whole(err)
}

// frame reads one frame of a watch; io.EOF says that the server ended it.
func (b *body) frame() ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(b.r, length[:]); err == io.EOF {
		return nil, err
	} else if err != nil {
		return nil, whole(err)
	}
	return b.take(uint64(binary.BigEndian.Uint32(length[:])))
}

// page reads one page of a list and shows its objects.
func (b *body) page(r Resource, see func(*Object)) (revision, next string, err error) {
	if start, err := b.take(uint64(len(magic))); err != nil || string(start) != string(magic) {
		return "", "", errors.Join(errMalformed, err)
	}
	size, err := b.seek(unknownRaw)
	if err != nil {
		return "", "", err
	}
	var o Object
	for used := uint64(0); used < size; {
		num, message, n, err := b.field()
		if err != nil {
			return "", "", err
		}
		used += n
		switch num {
		case listMeta:
			revision, next, err = decodeListMeta(message)
		case listItem:
			if err = o.decode(r, message); err == nil {
				see(&o)
			}
		}
		if err != nil {
			return "", "", err
		}
	}
	_, err = io.CopyN(io.Discard, b.r, readBuffer) // to its end, so that the connection serves again
	if err == io.EOF {
		err = nil
	}
	return revision, next, err
}

// seek passes over fields until one, and gives its length.
func (b *body) seek(want protowire.Number) (uint64, error) {
	for {
		num, length, _, err := b.tag()
		if err != nil || num == want {
			return length, err
		}
		if _, err := b.take(length); err != nil {
			return 0, err
		}
	}
}

// field reads one field, and says how many bytes it took.
func (b *body) field() (protowire.Number, []byte, uint64, error) {
	num, length, n, err := b.tag()
	if err != nil {
		return 0, nil, 0, err
	}
	message, err := b.take(length)
	return num, message, n + length, err
}

// tag reads what stands before the bytes of a field; other fields than such are not in lists.
func (b *body) tag() (num protowire.Number, length, n uint64, err error) {
	tag, err := binary.ReadUvarint(b.r)
	if err != nil {
		return 0, 0, 0, whole(err)
	}
	num, typ := protowire.DecodeTag(tag)
	if typ != protowire.BytesType {
		return 0, 0, 0, errMalformed
	}
	length, err = binary.ReadUvarint(b.r)
	return num, length, uint64(protowire.SizeVarint(tag) + protowire.SizeVarint(length)), whole(err)
}

func decodeListMeta(message []byte) (revision, next string, err error) {
	err = fields(message, func(f field) error {
		switch f.num {
		case metaListRevision:
			revision = string(f.bytes)
		case metaContinue:
			next = string(f.bytes)
		}
		return nil
	})
	return revision, next, err
}

// whole makes an end in the middle of something a lost connection.
func whole(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: %w", ErrInterrupted, io.ErrUnexpectedEOF)
	}
	return err
}

// object reads an answer that is one object.
func (b *body) object(r Resource) (*Object, error) {
	data, err := io.ReadAll(io.LimitReader(b.r, maxObject+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxObject {
		return nil, fmt.Errorf("more than %d bytes", maxObject)
	}
	message, err := unwrap(data)
	if err != nil {
		return nil, err
	}
	o := &Object{}
	return o, o.decode(r, message)
}
