package verify

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/secure-systems-lab/go-securesystemslib/encrypted"
)

func encode(t *testing.T, kind string, der []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func TestKeysReadBack(t *testing.T) {
	key, private, err := GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParsePrivateKey(private, nil)
	if err != nil || !again.Public.Equal(key.Public) || again.Public.ID() != key.Public.ID() {
		t.Fatalf("%v", err)
	}
	two := append(key.Public.PEM(), newKey(t).Public.PEM()...)
	keys, err := ParsePublicKeys("k.pub", two)
	if err != nil || len(keys) != 2 || !keys[0].Equal(key.Public) || keys[0].Name != "k.pub" {
		t.Errorf("%v, %v", keys, err)
	}
}

// Keys that cosign encrypted are read, with the passphrase only.
func TestEncryptedKey(t *testing.T) {
	key, private, err := GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(private)
	sealed, err := encrypted.Encrypt(block.Bytes, []byte("open"))
	data := encode(t, pemEncrypted, sealed, err)
	if got, err := ParsePrivateKey(data, []byte("open")); err != nil || !got.Public.Equal(key.Public) {
		t.Errorf("%v", err)
	}
	for _, passphrase := range []string{"", "shut"} {
		if _, err := ParsePrivateKey(data, []byte(passphrase)); !errors.Is(err, ErrPassphrase) {
			t.Errorf("with %q: %v", passphrase, err)
		}
	}
}

func TestKeysRefused(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	edPublic, edPrivate, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, private, err := GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	spki := func(k any) []byte {
		der, err := x509.MarshalPKIXPublicKey(k)
		return encode(t, pemPublic, der, err)
	}
	pkcs8 := func(k any) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(k)
		return encode(t, pemPrivate, der, err)
	}
	sec1, err := x509.MarshalECPrivateKey(p384)
	for name, test := range map[string]struct {
		public bool
		data   []byte
		want   string
	}{
		"P-384":                {true, spki(&p384.PublicKey), "not ECDSA P-256"},
		"Ed25519":              {true, spki(edPublic), "not ECDSA P-256"},
		"a private key":        {true, private, "holds a PRIVATE KEY, expected PUBLIC KEY"},
		"no PEM":               {true, []byte("ssh-ed25519 AAAA"), "no public key in it"},
		"too large":            {true, make([]byte, MaxKeyBytes+1), "larger than"},
		"damaged":              {true, encode(t, pemPublic, []byte("x"), nil), "read public key"},
		"private, P-384":       {false, pkcs8(p384), "not ECDSA P-256"},
		"private, Ed25519":     {false, pkcs8(edPrivate), "not ECDSA P-256"},
		"private, SEC 1":       {false, encode(t, "EC PRIVATE KEY", sec1, err), "openssl pkcs8"},
		"private, no PEM":      {false, []byte("x"), "no private key in PEM"},
		"private, damaged":     {false, encode(t, pemPrivate, []byte("x"), nil), "not PKCS#8"},
		"encrypted, damaged":   {false, encode(t, pemEncrypted, []byte("{}"), nil), "wrong passphrase"},
		"a public, to sign":    {false, newKey(t).Public.PEM(), "holds a PUBLIC KEY"},
		"private, much larger": {false, make([]byte, MaxKeyBytes+1), "larger than"},
	} {
		if test.public {
			_, err = ParsePublicKeys("k.pub", test.data)
		} else {
			_, err = ParsePrivateKey(test.data, nil)
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %q", name, err, test.want)
		}
	}
}
