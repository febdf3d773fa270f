package config

import (
	"bytes"
	"fmt"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/seal"
)

const (
	keySetting     = "security.encryption_key"
	keyFileSetting = "security.encryption_key_file"
)

// resolveKey takes the encryption key from the setting, the file or else Perses' built-in default, and warns of a key that everybody knows.
func (r *reader) resolveKey() {
	s := &r.config.Security
	switch {
	case s.EncryptionKey != "" && s.EncryptionKeyFile != "":
		r.fail(problem.CodeValue, keyFileSetting, "encryption_key and encryption_key_file are both set", "remove one of them")
	case s.EncryptionKeyFile != "":
		if key, ok := r.readKeyFile(s.EncryptionKeyFile); ok {
			r.useKey(keyFileSetting, key)
		}
	case s.EncryptionKey != "":
		r.useKey(keySetting, []byte(s.EncryptionKey))
	default:
		s.EncryptionKey = seal.BuiltInKey
		r.useKey(keySetting, []byte(seal.BuiltInKey))
	}
}

// readKeyFile drops one newline at the end, which editors and echo leave behind. Perses counts it as a 33rd byte and fails.
func (r *reader) readKeyFile(path string) ([]byte, bool) {
	data, err := readBounded(path)
	if err != nil {
		r.fail(problem.CodeUnread, keyFileSetting, fmt.Sprintf("read %s: %s", path, reason(err)), "")
		return nil, false
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r")), true
}

func (r *reader) useKey(path string, raw []byte) {
	if len(raw) != seal.KeySize {
		r.fail(problem.CodeValue, path, fmt.Sprintf("the encryption key has %d bytes", len(raw)), fmt.Sprintf("it must have exactly %d", seal.KeySize))
		return
	}
	key, err := seal.NewKey(raw)
	if err != nil {
		r.fail(problem.CodeValue, path, err.Error(), "")
		return
	}
	r.config.key = raw
	if key.BuiltIn() {
		r.add(problem.Warning, problem.CodeValue, path, "secrets are encrypted with a key of Perses that everybody knows, which protects nothing",
			"set encryption_key or encryption_key_file to 32 bytes of your own before storing secrets")
	}
}
