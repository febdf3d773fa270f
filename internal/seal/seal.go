// Package seal keeps secrets secret at rest: the field encryption that Perses' file database uses, password hashes,
// sealed blobs for our own state, and keyed hashes for change detection (DELIVERY R33).
//
// Two ideas. One key of the configuration is never used for two purposes: fields are encrypted with the key itself, because
// Perses does so, and everything of ours uses keys derived from it (HKDF, RFC 5869). And an error of this package says what could not be
// done, never anything about the value it was done to.
//
// It does not know which fields are secret, does not read the key from anywhere, and keeps nothing on disk.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// KeySize is the length of an encryption key in bytes: AES-256.
const KeySize = 32

// BuiltInKey is the encryption key that Perses uses when none is configured. Everybody knows it, so it protects nothing;
// it lets a database that was made with it be read.
const BuiltInKey = "e=dz;`M'5Pjvy^Sq3FVBkTC@N9?H/gua"

// exampleKey stands in Perses' own test and development configurations, from where it is copied into real ones.
const exampleKey = "=tW$56zytgB&3jN2E%7-+qrGZE?v6LCc"

// What derived keys are for. They are part of the format of what was sealed: another text is another key.
const (
	purposeBlob = "perseid: sealed blob"
	purposeHash = "perseid: keyed hash"
	purposeID   = "perseid: key id"
)

// ErrOpen says that a blob or field could not be decrypted: another key was used, or it is damaged or was never encrypted.
var ErrOpen = errors.New("wrong encryption key, or the content is damaged or was never encrypted")

// Key is made of the configuration's encryption key. It is immutable and safe for concurrent use.
type Key struct {
	raw    [KeySize]byte
	field  cipher.Block // for fields, as Perses encrypts them
	newer  cipher.AEAD  // for fields that a newer Perses may encrypt
	blob   cipher.AEAD
	hash   []byte
	public string
}

// NewKey takes the 32 raw bytes of security.encryption_key. It keeps no reference to them.
func NewKey(raw []byte) (*Key, error) {
	if len(raw) != KeySize {
		return nil, fmt.Errorf("encryption key is %d bytes long, not %d: set security.encryption_key to exactly %d bytes "+
			"(a key file counts every byte, also a newline at its end)", len(raw), KeySize, KeySize)
	}
	k := &Key{raw: [KeySize]byte(raw)}
	var err error
	if k.field, err = aes.NewCipher(k.raw[:]); err != nil {
		return nil, fmt.Errorf("set up field encryption: %w", err)
	}
	if k.newer, err = cipher.NewGCMWithRandomNonce(k.field); err != nil {
		return nil, fmt.Errorf("set up field encryption: %w", err)
	}
	if err := k.derive(); err != nil {
		return nil, fmt.Errorf("derive keys: %w", err)
	}
	return k, nil
}

func (k *Key) derive() error {
	blob, errBlob := k.derived(purposeBlob, KeySize)
	hash, errHash := k.derived(purposeHash, sha256.Size)
	id, errID := k.derived(purposeID, 8)
	if err := errors.Join(errBlob, errHash, errID); err != nil {
		return err
	}
	block, err := aes.NewCipher(blob)
	if err != nil {
		return err
	}
	k.hash, k.public = hash, hex.EncodeToString(id)
	k.blob, err = cipher.NewGCMWithRandomNonce(block)
	return err
}

func (k *Key) derived(purpose string, size int) ([]byte, error) {
	return hkdf.Key(sha256.New, k.raw[:], nil, purpose, size)
}

// ID names the key without revealing it (R32): 16 hexadecimal digits, the same for the same key on every machine.
func (k *Key) ID() string { return k.public }

// BuiltIn says whether this is a key that everybody knows, which protects nothing: Perses' default (BuiltInKey), or the one
// in its example configurations.
func (k *Key) BuiltIn() bool {
	return string(k.raw[:]) == BuiltInKey || string(k.raw[:]) == exampleKey
}

// HashKey is the derived key for keyed hashes, 32 bytes. The slice is a copy.
func (k *Key) HashKey() []byte { return append([]byte(nil), k.hash...) }

// Seal encrypts and authenticates a blob with a key derived for our own state: AES-256-GCM, 28 bytes longer than plain.
// Sealing the same blob twice gives different bytes.
func (k *Key) Seal(plain []byte) []byte { return k.blob.Seal(nil, nil, plain, nil) }

// Open undoes Seal. The error wraps ErrOpen.
func (k *Key) Open(sealed []byte) ([]byte, error) {
	plain, err := k.blob.Open(nil, nil, sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("open sealed content: %w", ErrOpen)
	}
	return plain, nil
}

// String keeps the key out of what is printed by mistake.
func (k *Key) String() string { return "encryption key " + k.public }

// GoString keeps the key out of what is printed with %#v.
func (k *Key) GoString() string { return k.String() }
