// Package seal keeps secrets secret at rest: the field encryption that Perses' file database uses, password hashes,
// sealed blobs for our own state, and keyed hashes for change detection (DELIVERY R33).
package seal

// Key is made of the configuration's encryption key. It is immutable and safe for concurrent use.
type Key struct{ raw [32]byte }

// NewKey takes the 32 raw bytes of security.encryption_key.
func NewKey(raw []byte) (*Key, error) { panic("todo") }

// ID names the key without revealing it (R32).
func (k *Key) ID() string { panic("todo") }

// BuiltIn says whether this is Perses' well-known default key, which protects nothing.
func (k *Key) BuiltIn() bool { panic("todo") }

// EncryptField encrypts a field value as Perses does: AES-256-CFB, random IV in front, padded base64 URL. Empty stays empty.
func (k *Key) EncryptField(plain string) (string, error) { panic("todo") }

// DecryptField reads what EncryptField or a newer Perses (AES-GCM) wrote. Empty stays empty.
func (k *Key) DecryptField(text string) (string, error) { panic("todo") }

// Seal encrypts and authenticates a blob with a key derived for our own state.
func (k *Key) Seal(plain []byte) []byte { panic("todo") }

// Open undoes Seal.
func (k *Key) Open(sealed []byte) ([]byte, error) { panic("todo") }

// HashKey is the derived key for keyed hashes.
func (k *Key) HashKey() []byte { panic("todo") }

// HashPassword is bcrypt, cost 10.
func HashPassword(password string) (string, error) { panic("todo") }

// MatchesPassword says whether hash was made of password.
func MatchesPassword(hash, password string) bool { panic("todo") }
