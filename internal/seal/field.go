package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"unicode/utf8"
)

// EncryptField encrypts a field value as Perses does, so that databases are interchangeable: AES-256-CFB, a random IV of 16 bytes in
// front, in padded base64 with the URL alphabet (perses.md §1.10). Empty stays empty. Encrypting twice gives different texts.
func (k *Key) EncryptField(plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	out := make([]byte, aes.BlockSize+len(plain))
	iv, body := out[:aes.BlockSize], out[aes.BlockSize:]
	if _, err := rand.Read(iv); err != nil {
		return "", fmt.Errorf("encrypt field: %w", err)
	}
	//lint:ignore SA1019 Perses' databases are written in this mode
	cipher.NewCFBEncrypter(k.field, iv).XORKeyStream(body, []byte(plain))
	return base64.URLEncoding.EncodeToString(out), nil
}

// DecryptField reads what EncryptField or a newer Perses (AES-GCM, nonce in front) wrote. Empty stays empty.
//
// Nothing in the text tells the two apart. GCM authenticates and so cannot succeed by chance: it is tried first. CFB always
// yields something; it counts only if it is valid UTF-8, which a wrong key passes by chance for values of a few bytes.
// The error wraps ErrOpen.
func (k *Key) DecryptField(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	data, err := base64.URLEncoding.DecodeString(text)
	if err != nil || len(data) <= aes.BlockSize {
		return "", errField()
	}
	if plain, err := k.newer.Open(nil, nil, data, nil); err == nil {
		return string(plain), nil
	}
	iv, body := data[:aes.BlockSize], data[aes.BlockSize:]
	//lint:ignore SA1019 Perses' databases are written in this mode
	cipher.NewCFBDecrypter(k.field, iv).XORKeyStream(body, body)
	if !utf8.Valid(body) {
		return "", errField()
	}
	return string(body), nil
}

func errField() error { return fmt.Errorf("decrypt field: %w", ErrOpen) }
