package resource

import (
	"fmt"
	"net/url"
	"time"
	_ "time/tzdata" // what time zones there are must not depend on the machine
)

// zeroTime is what Perses writes for a time that is not known.
const zeroTime = "0001-01-01T00:00:00Z"

func checkTime(s string) (string, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return "", fmt.Errorf("%q is not a time such as 2006-01-02T15:04:05Z", shown(s))
	}
	return formatTime(t), nil
}

func formatTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func checkTimezone(s string) (string, error) {
	if s == "local" {
		return s, nil
	}
	if _, err := time.LoadLocation(s); err != nil {
		return "", fmt.Errorf("%q is not a valid timezone: %w", shown(s), err)
	}
	return s, nil
}

// checkURL does not quote the address, which may hold a password.
func checkURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil {
		return "", fmt.Errorf("expected a URL")
	}
	return u.String(), nil
}
