package config

import (
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
)

// Duration is a time.Duration written as Perses writes it: 1h30m, 2w, 0s (contracts: Perses, shared scalar types).
type Duration time.Duration

const (
	second = Duration(time.Second)
	minute = Duration(time.Minute)
	hour   = Duration(time.Hour)
	day    = 24 * hour
)

// String is the form that UnmarshalText reads; parts below a millisecond are lost.
func (d Duration) String() string { return resource.FormatDuration(time.Duration(d)) }

// MarshalText writes String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a duration of Perses.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := resource.ParseDuration(string(text))
	if err == nil {
		*d = Duration(parsed)
	}
	return err
}
