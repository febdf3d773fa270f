package sidecar

import (
	"errors"
	"fmt"
	"strings"
)

// encoding says how a text becomes bytes: the largest character it has, or all of them as UTF-8.
type encoding int

const (
	latin1 encoding = 0xFF
	ascii  encoding = 0x7F
	utf8   encoding = -1
)

// encodingOf finds an encoding by one of the names Python has for it.
func encodingOf(name string) (encoding, error) {
	switch strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name)) {
	case "latin1", "latin", "l1", "iso88591", "8859", "cp819", "":
		return latin1, nil
	case "ascii", "usascii", "646":
		return ascii, nil
	case "utf8", "u8", "utf":
		return utf8, nil
	}
	return latin1, fmt.Errorf("%q: expected latin1, utf-8 or ascii", name)
}

// encode gives the bytes of a text. The error does not quote it: it is a password.
func (e encoding) encode(text string) (string, error) {
	if e == utf8 {
		return text, nil
	}
	b := make([]byte, 0, len(text))
	for _, r := range text {
		if r > rune(e) {
			return "", errors.New("REQ_USERNAME or REQ_PASSWORD has a character that REQ_BASIC_AUTH_ENCODING does not have")
		}
		b = append(b, byte(r))
	}
	return string(b), nil
}
