package seal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func mustKey(t testing.TB, raw string) *Key {
	t.Helper()
	k, err := NewKey([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func otherKey(t testing.TB) *Key { return mustKey(t, strings.Repeat("k", KeySize)) }

func TestNewKeyOfAnotherLength(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33, 64} {
		_, err := NewKey(bytes.Repeat([]byte("s"), n))
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("is %d bytes long, not 32: set security.encryption_key", n)) {
			t.Errorf("%d bytes: %v", n, err)
		}
		if err != nil && strings.Contains(err.Error(), "sss") {
			t.Errorf("the error holds the key: %v", err)
		}
	}
}

// The derived values are part of what is on disk; another implementation of HKDF and AES-GCM made these.
func TestKnownAnswers(t *testing.T) {
	k := mustKey(t, BuiltInKey)
	if got, want := k.ID(), "0559b9d532c555ee"; got != want {
		t.Errorf("R32: key id is %s, want %s", got, want)
	}
	if got, want := hex.EncodeToString(k.HashKey()), "5544b3e9f7399016a8bde8949508d42cc91578491cd4884073a6e53590399387"; got != want {
		t.Errorf("hash key is %s, want %s", got, want)
	}
	sealed, err := hex.DecodeString("000102030405060708090a0be01dd8188ab23f187a32cbb46359c567dbbae5091a")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.Open(sealed); err != nil || string(got) != "state" {
		t.Errorf("opened %q, %v", got, err)
	}
}

func TestBuiltIn(t *testing.T) {
	for raw, want := range map[string]bool{BuiltInKey: true, exampleKey: true, strings.Repeat("k", KeySize): false} {
		if got := mustKey(t, raw).BuiltIn(); got != want {
			t.Errorf("R33: built-in is %v for %q", got, raw)
		}
	}
}

func TestHashKeyIsACopy(t *testing.T) {
	k := mustKey(t, BuiltInKey)
	clear(k.HashKey())
	if bytes.Equal(k.HashKey(), make([]byte, 32)) {
		t.Error("a caller changed the key")
	}
}

func TestPrintedKeySaysNothing(t *testing.T) {
	k := mustKey(t, BuiltInKey)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, k); got != "encryption key 0559b9d532c555ee" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
}

func TestSealedBlobs(t *testing.T) {
	k := mustKey(t, BuiltInKey)
	for _, plain := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("dashboard"), 10000)} {
		sealed := k.Seal(plain)
		if len(sealed) != len(plain)+28 {
			t.Errorf("%d bytes sealed into %d", len(plain), len(sealed))
		}
		if len(plain) > 1 && bytes.Contains(sealed, plain[:9]) {
			t.Error("the sealed blob shows the plain one")
		}
		got, err := k.Open(sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("opened %d bytes of %d: %v", len(got), len(plain), err)
		}
	}
	if bytes.Equal(k.Seal([]byte("x")), k.Seal([]byte("x"))) {
		t.Error("the same blob is sealed the same twice")
	}
}

// Every byte counts: a blob changed or cut anywhere, or of another key, does not open (R33).
func TestOpenRefusesWhatWasNotSealed(t *testing.T) {
	k := mustKey(t, BuiltInKey)
	sealed := k.Seal([]byte("state"))
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		wantErrOpen(t, k, changed)
		wantErrOpen(t, k, sealed[:i])
	}
	wantErrOpen(t, otherKey(t), sealed)
}

func wantErrOpen(t *testing.T, k *Key, sealed []byte) {
	t.Helper()
	if got, err := k.Open(sealed); !errors.Is(err, ErrOpen) {
		t.Errorf("%x opened to %q, %v", sealed, got, err)
	}
}
