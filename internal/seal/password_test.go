package seal

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func TestPassword(t *testing.T) {
	longest := strings.Repeat("p", 72)
	for _, password := range []string{"password", "grüße", longest} {
		hash, err := HashPassword(password)
		if err != nil {
			t.Fatal(err)
		}
		if cost, err := bcrypt.Cost([]byte(hash)); err != nil || cost != 10 {
			t.Errorf("cost is %d, %v", cost, err)
		}
		if !MatchesPassword(hash, password) {
			t.Errorf("%q does not match its own hash", password)
		}
		for _, other := range []string{"", password[1:], password + "x"} {
			if MatchesPassword(hash, other) {
				t.Errorf("%q matches the hash of %q", other, password)
			}
		}
	}
}

func TestPasswordTooLong(t *testing.T) {
	_, err := HashPassword(strings.Repeat("p", 73))
	if want := "password cannot be longer than 72 bytes: bcrypt reads no further"; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %q", err, want)
	}
}

func TestMatchesPasswordOfNoHash(t *testing.T) {
	for _, hash := range []string{"", "password", "$2a$10$short"} {
		if MatchesPassword(hash, "password") {
			t.Errorf("%q counts as a hash", hash)
		}
	}
}
