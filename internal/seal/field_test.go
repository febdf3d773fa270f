package seal

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// Two other implementations of AES made these texts, of the same value with counting bytes for IV and nonce.
const (
	knownField = "grüße, hidden"
	knownCFB   = "AAECAwQFBgcICQoLDA0OD4Avh3g8ifej-IPw_cLi2g=="
	knownGCM   = "AAECAwQFBgcICQoLaVn8CTLrO_RsoEp7vwLBkGSQHYDx7DFoaQR9TNzixg=="
)

func TestDecryptField(t *testing.T) {
	k := mustKey(t, BuiltInKey)
	for name, text := range map[string]string{"CFB": knownCFB, "GCM": knownGCM} {
		if got, err := k.DecryptField(text); err != nil || got != knownField {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestEncryptField(t *testing.T) {
	k := mustKey(t, BuiltInKey)
	first, err := k.EncryptField(knownField)
	if err != nil {
		t.Fatal(err)
	}
	second, err := k.EncryptField(knownField)
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Error("the same value is encrypted the same twice")
	}
	if len(first) != len(knownCFB) {
		t.Errorf("%q is not as long as Perses writes it", first)
	}
	if got, err := k.DecryptField(first); err != nil || got != knownField {
		t.Errorf("decrypted %q, %v", got, err)
	}
}

func TestEmptyFieldStaysEmpty(t *testing.T) {
	k := mustKey(t, BuiltInKey)
	if got, err := k.EncryptField(""); err != nil || got != "" {
		t.Errorf("encrypted to %q, %v", got, err)
	}
	if got, err := k.DecryptField(""); err != nil || got != "" {
		t.Errorf("decrypted to %q, %v", got, err)
	}
}

func TestDecryptFieldRefuses(t *testing.T) {
	tests := map[string]struct {
		key  *Key
		text string
	}{
		"CFB of another key":      {otherKey(t), knownCFB},
		"GCM of another key":      {otherKey(t), knownGCM},
		"not base64":              {mustKey(t, BuiltInKey), "a password!"},
		"the other base64":        {mustKey(t, BuiltInKey), strings.NewReplacer("-", "+", "_", "/").Replace(knownCFB)},
		"not padded":              {mustKey(t, BuiltInKey), strings.TrimRight(knownCFB, "=")},
		"shorter than an IV":      {mustKey(t, BuiltInKey), "cGFzc3dvcmQ="},
		"an IV and nothing after": {mustKey(t, BuiltInKey), base64.URLEncoding.EncodeToString(make([]byte, 16))},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := test.key.DecryptField(test.text)
			if !errors.Is(err, ErrOpen) {
				t.Fatalf("decrypted to %q, %v", got, err)
			}
			if strings.Contains(err.Error(), test.text) {
				t.Errorf("the error quotes the value: %v", err)
			}
		})
	}
}

func FuzzField(f *testing.F) {
	for _, seed := range []string{"", "x", knownField, knownCFB, knownGCM, "\x00\n", strings.Repeat("long ", 1000)} {
		f.Add(seed)
	}
	k := mustKey(f, BuiltInKey)
	f.Fuzz(func(t *testing.T, value string) {
		if _, err := k.DecryptField(value); err != nil && !errors.Is(err, ErrOpen) {
			t.Errorf("decrypt: %v", err)
		}
		if !utf8.ValidString(value) {
			t.Skip("values come out of documents, which are UTF-8")
		}
		text, err := k.EncryptField(value)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.DecryptField(text); err != nil || got != value {
			t.Errorf("%q came back as %q, %v", value, got, err)
		}
	})
}
