package seal

import (
	"fmt"

	"golang.org/x/crypto/bcrypt"
)

// Perses' cost, so that hashes made here and there are alike, and what bcrypt reads of a password.
const (
	passwordCost = 10
	maxPassword  = 72 // bytes
)

// HashPassword is bcrypt, cost 10 (perses.md §1.14). A password of more than 72 bytes is an error, because bcrypt would pass over
// the rest of it.
func HashPassword(password string) (string, error) {
	if len(password) > maxPassword {
		return "", fmt.Errorf("password cannot be longer than %d bytes: bcrypt reads no further", maxPassword)
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), passwordCost)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return string(hash), nil
}

// MatchesPassword says whether hash was made of password, in a time that tells nothing about the password.
// It is false for a hash that is no bcrypt hash.
func MatchesPassword(hash, password string) bool {
	return len(password) <= maxPassword && bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
}
