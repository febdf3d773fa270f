package verify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/encrypted"
)

// Bounds of key files.
const (
	MaxKeyBytes = 64 << 10
	maxKeys     = 32 // of one policy
)

// The types of PEM blocks that hold keys.
const (
	pemPublic    = "PUBLIC KEY"
	pemPrivate   = "PRIVATE KEY"                    // PKCS#8
	pemEncrypted = "ENCRYPTED SIGSTORE PRIVATE KEY" // of cosign since 2.0
	pemCosign    = "ENCRYPTED COSIGN PRIVATE KEY"   // of cosign before
)

// PublicKey is a key whose signatures count.
type PublicKey struct {
	// Name is where the key comes from, for people.
	Name string
	key  *ecdsa.PublicKey
	der  []byte // SubjectPublicKeyInfo
}

// ID tells keys apart: the SHA-256 of the key in DER, in base64, which is also what a bundle gives as a hint.
func (k PublicKey) ID() string {
	sum := sha256.Sum256(k.der)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Equal says whether two keys are the same, whatever they are called.
func (k PublicKey) Equal(other PublicKey) bool { return k.key.Equal(other.key) }

// PEM is the key as it is kept in a file.
func (k PublicKey) PEM() []byte { return pem.EncodeToMemory(&pem.Block{Type: pemPublic, Bytes: k.der}) }

func (k PublicKey) accepts(digest [sha256.Size]byte, signature []byte) bool {
	return ecdsa.VerifyASN1(k.key, digest[:], signature)
}

// ParsePublicKeys reads the PEM blocks of a file. Each must hold an ECDSA P-256 key, as openssl and cosign write them.
func ParsePublicKeys(name string, data []byte) ([]PublicKey, error) {
	if len(data) > MaxKeyBytes {
		return nil, fmt.Errorf("%s: larger than %d KiB, which no key is", name, MaxKeyBytes>>10)
	}
	var keys []PublicKey
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != pemPublic {
			return nil, fmt.Errorf("%s: holds a %s, expected %s", name, block.Type, pemPublic)
		}
		key, err := publicKeyOf(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		key.Name = name
		keys = append(keys, key)
	}
	switch {
	case len(keys) == 0:
		return nil, fmt.Errorf("%s: no public key in it; expected PEM that begins with -----BEGIN %s-----", name, pemPublic)
	case len(keys) > maxKeys:
		return nil, fmt.Errorf("%s: %d keys, at most %d are read", name, len(keys), maxKeys)
	}
	return keys, nil
}

func publicKeyOf(der []byte) (PublicKey, error) {
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return PublicKey{}, fmt.Errorf("read public key: %w", err)
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return PublicKey{}, errors.New("the key is not ECDSA P-256, which is what is signed and verified with here")
	}
	return PublicKey{key: key, der: der}, nil
}

// PrivateKey signs.
type PrivateKey struct {
	key    *ecdsa.PrivateKey
	Public PublicKey
}

func (k *PrivateKey) sign(digest [sha256.Size]byte) ([]byte, error) {
	return ecdsa.SignASN1(rand.Reader, k.key, digest[:])
}

// ErrPassphrase says that a key is encrypted and was not opened by the passphrase, or that none was given.
var ErrPassphrase = errors.New("wrong passphrase")

// ParsePrivateKey reads a key in PKCS#8 PEM, or one that cosign encrypted with a passphrase.
// Its errors quote nothing of the key.
func ParsePrivateKey(data, passphrase []byte) (*PrivateKey, error) {
	if len(data) > MaxKeyBytes {
		return nil, fmt.Errorf("private key larger than %d KiB", MaxKeyBytes>>10)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("no private key in PEM; expected -----BEGIN %s-----", pemPrivate)
	}
	der := block.Bytes
	switch block.Type {
	case pemPrivate:
	case pemEncrypted, pemCosign:
		if der, _ = encrypted.Decrypt(der, passphrase); der == nil {
			return nil, fmt.Errorf("decrypt private key: %w", ErrPassphrase)
		}
	default:
		return nil, fmt.Errorf("holds a %.60s, expected %s (PKCS#8); convert it with: openssl pkcs8 -topk8 -nocrypt", block.Type, pemPrivate)
	}
	return privateKeyOf(der)
}

func privateKeyOf(der []byte) (*PrivateKey, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("the private key is not PKCS#8")
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("the private key is not ECDSA P-256, which is what is signed with here")
	}
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("read private key: %w", err)
	}
	public, err := publicKeyOf(spki)
	if err != nil {
		return nil, err
	}
	return &PrivateKey{key: key, Public: public}, nil
}

// GenerateKey makes a key, and its PEM in PKCS#8.
func GenerateKey() (*PrivateKey, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("generate key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("generate key: %w", err)
	}
	private, err := privateKeyOf(der)
	return private, pem.EncodeToMemory(&pem.Block{Type: pemPrivate, Bytes: der}), err
}
