package config

import (
	"encoding/json"
	"log/slog"
	"slices"
)

const mask = "<secret>"

// Secret is a string that is never shown: every way of printing or marshalling it gives <secret>.
type Secret string

// String is the mask.
func (Secret) String() string { return mask }

// GoString is the mask, for %#v.
func (Secret) GoString() string { return mask }

// LogValue is the mask.
func (Secret) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText writes the mask, for JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }

// Opaque is a part of the file that is accepted whatever it holds, and neither kept nor shown.
type Opaque struct {
	set bool
}

// IsZero keeps it out of every JSON.
func (Opaque) IsZero() bool { return true }

// enum is a string type with a closed list of values.
type enum interface{ values() []string }

// SameSite is the attribute of cookies.
type SameSite string

func (SameSite) values() []string { return []string{"lax", "strict", "none"} }

// Extension is the extension, and so the format, of the files of a database.
type Extension string

func (Extension) values() []string { return []string{"yaml", "json"} }

// BannerSeverity is the colour of a banner.
type BannerSeverity string

func (BannerSeverity) values() []string { return []string{"info", "warning", "error"} }

// RowsPerPage is the length of tables; a number in JSON.
type RowsPerPage string

func (RowsPerPage) values() []string { return []string{"10", "25", "50", "100"} }

// MarshalJSON writes the number; a value that is none, which Load has refused, as the text it is.
func (r RowsPerPage) MarshalJSON() ([]byte, error) {
	if slices.Contains(r.values(), string(r)) {
		return []byte(r), nil
	}
	return json.Marshal(string(r))
}

// Theme is the UI's colours.
type Theme string

func (Theme) values() []string { return []string{"light", "dark"} }

func (Adopt) values() []string { return []string{"always", "equal", "never"} }

func (OnInvalid) values() []string { return []string{"auto", "skip", "hold"} }

func (Resources) values() []string { return []string{"configmaps", "secrets", "both"} }
