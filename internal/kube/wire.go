package kube

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// The messages of the API server that are read here, with the numbers of their fields. The generated types would copy every value and
// decode much that nobody asks for.
const (
	unknownRaw = 2 // runtime.Unknown, which wraps every message behind magic

	eventType, eventObject, rawExtensionRaw = 1, 2, 1 // metav1.WatchEvent, runtime.RawExtension

	objectMeta, objectData, objectBinaryData = 1, 2, 3 // v1.ConfigMap; v1.Secret has no binaryData

	metaName, metaNamespace, metaUID, metaRevision, metaCreated, metaAnnotations = 1, 3, 5, 6, 8, 12 // metav1.ObjectMeta
	timeSeconds                                                                  = 1                 // metav1.Time

	entryKey, entryValue = 1, 2 // of a map
)

// magic starts every message.
var magic = []byte("k8s\x00")

var errMalformed = errors.New("not a protobuf message of Kubernetes")

// field is one field of a message: its bytes, or its number.
type field struct {
	num    protowire.Number
	bytes  []byte
	number uint64
}

// fields shows the fields of a message in order; what is neither bytes nor a number is passed over.
func fields(message []byte, see func(field) error) error {
	for len(message) > 0 {
		num, typ, n := protowire.ConsumeTag(message)
		if n < 0 {
			return errMalformed
		}
		message = message[n:]
		f := field{num: num}
		switch typ {
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(message)
		case protowire.VarintType:
			f.number, n = protowire.ConsumeVarint(message)
		default:
			n = protowire.ConsumeFieldValue(num, typ, message)
		}
		if n < 0 {
			return errMalformed
		}
		message = message[n:]
		if err := see(f); err != nil {
			return err
		}
	}
	return nil
}

// bytesOf gives one bytes field of a message, the last if there are several.
func bytesOf(message []byte, num protowire.Number) (value []byte, err error) {
	err = fields(message, func(f field) error {
		if f.num == num {
			value = f.bytes
		}
		return nil
	})
	return value, err
}

// unwrap takes a message out of its envelope.
func unwrap(data []byte) ([]byte, error) {
	message, ok := bytes.CutPrefix(data, magic)
	if !ok {
		return nil, errMalformed
	}
	return bytesOf(message, unknownRaw)
}

// decodeEvent takes a frame of a watch apart; object is the message of the object it is about, without its envelope.
func decodeEvent(frame []byte) (kind string, object []byte, err error) {
	var extension []byte
	err = fields(frame, func(f field) error {
		switch f.num {
		case eventType:
			kind = string(f.bytes)
		case eventObject:
			extension = f.bytes
		}
		return nil
	})
	if err != nil {
		return "", nil, err
	}
	raw, err := bytesOf(extension, rawExtensionRaw)
	if err != nil {
		return "", nil, err
	}
	object, err = unwrap(raw)
	return kind, object, err
}

// decode fills o from the message of a ConfigMap or Secret. Values share the bytes of the message; the space for them is used again.
func (o *Object) decode(r Resource, message []byte) error {
	*o = Object{Resource: r, Values: o.Values[:0]}
	err := fields(message, func(f field) error {
		switch {
		case f.num == objectMeta:
			return o.decodeMeta(f.bytes)
		case f.num == objectData:
			return o.decodeValue(f.bytes, r == Secrets)
		case f.num == objectBinaryData && r == ConfigMaps:
			return o.decodeValue(f.bytes, true)
		}
		return nil
	})
	slices.SortFunc(o.Values, func(a, b Value) int { return strings.Compare(a.Key, b.Key) })
	return err
}

func (o *Object) decodeValue(entry []byte, binary bool) error {
	key, value, err := decodeEntry(entry)
	o.Values = append(o.Values, Value{Key: string(key), Data: value, Binary: binary})
	return err
}

func (o *Object) decodeMeta(meta []byte) error {
	return fields(meta, func(f field) error {
		switch f.num {
		case metaName:
			o.Name = string(f.bytes)
		case metaNamespace:
			o.Namespace = string(f.bytes)
		case metaUID:
			o.UID = string(f.bytes)
		case metaRevision:
			o.ResourceVersion = string(f.bytes)
		case metaCreated:
			return fields(f.bytes, func(f field) error {
				if f.num == timeSeconds {
					o.Created = time.Unix(int64(f.number), 0).UTC()
				}
				return nil
			})
		case metaAnnotations:
			return o.decodeAnnotation(f.bytes)
		}
		return nil
	})
}

func (o *Object) decodeAnnotation(entry []byte) error {
	key, value, err := decodeEntry(entry)
	if o.Annotations == nil {
		o.Annotations = map[string]string{}
	}
	o.Annotations[string(key)] = string(value)
	return err
}

func decodeEntry(entry []byte) (key, value []byte, err error) {
	err = fields(entry, func(f field) error {
		switch f.num {
		case entryKey:
			key = f.bytes
		case entryValue:
			value = f.bytes
		}
		return nil
	})
	return key, value, err
}
