package registry

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

const maxRange = 200 // bytes

// versionOf reads a tag as a semantic version: all three numbers, a v in front or not, _ for the + that tags cannot have.
// A tag of fewer numbers is one that moves, and no version.
func versionOf(tag string) *semver.Version {
	v, err := semver.StrictNewVersion(strings.Replace(strings.TrimPrefix(tag, "v"), "_", "+", 1))
	if err != nil {
		return nil
	}
	return v
}

// IsVersion says whether a tag is a semantic version.
func IsVersion(tag string) bool { return versionOf(tag) != nil }

// Higher says whether a version comes after another; false for ok unless both are semantic versions.
func Higher(version, than string) (higher, ok bool) {
	v, w := versionOf(version), versionOf(than)
	if v == nil || w == nil {
		return false, false
	}
	return v.GreaterThan(w), true
}

// CompareTags orders tags as a list shows them: semantic versions first, the highest in front, then all others by name.
func CompareTags(a, b string) int {
	va, vb := versionOf(a), versionOf(b)
	switch {
	case va != nil && vb != nil:
		return cmp.Or(vb.Compare(va), strings.Compare(a, b))
	case va != nil:
		return -1
	case vb != nil:
		return 1
	}
	return strings.Compare(a, b)
}

// Range is a range of semantic versions.
type Range struct {
	text        string
	constraints *semver.Constraints
}

// ParseRange reads a range such as ^1.4, ~1.4.2, ">= 1.4, < 2" or 1.x. Versions before a release count only where the range names one,
// as in >= 1.4.0-0.
func ParseRange(text string) (Range, error) {
	if len(text) > maxRange {
		return Range{}, fmt.Errorf("range of versions longer than %d bytes", maxRange)
	}
	c, err := semver.NewConstraint(text)
	if err != nil {
		return Range{}, fmt.Errorf("%q is no range of versions; expected one such as ^1.4, ~1.4.2 or \">= 1.4, < 2\"", text)
	}
	return Range{text, c}, nil
}

// String is the range as it was written.
func (r Range) String() string { return r.text }

// Newest finds the tag with the highest version in the range; false if there is none.
func (r Range) Newest(tags []string) (string, bool) {
	in := slices.DeleteFunc(slices.Clone(tags), func(tag string) bool {
		v := versionOf(tag)
		return v == nil || !r.constraints.Check(v)
	})
	if len(in) == 0 {
		return "", false
	}
	return slices.MinFunc(in, CompareTags), true
}
