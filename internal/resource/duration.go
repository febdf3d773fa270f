package resource

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// units are those of perses.md §1.3, in the order in which they may stand.
var units = []struct {
	name  string
	size  time.Duration
	whole bool // printed only if it divides what is left exactly
}{
	{"y", 365 * 24 * time.Hour, true},
	{"w", 7 * 24 * time.Hour, true},
	{"d", 24 * time.Hour, false},
	{"h", time.Hour, false},
	{"m", time.Minute, false},
	{"s", time.Second, false},
	{"ms", time.Millisecond, false},
}

// ParseDuration reads a duration of perses.md §1.3: units y w d h m s ms, each at most once and descending, or "0".
func ParseDuration(s string) (time.Duration, error) {
	switch s {
	case "":
		return 0, errors.New("empty duration string")
	case "0":
		return 0, nil
	}
	var sum time.Duration
	next := 0
	for rest := s; rest != ""; {
		number, unit, after := cutDuration(rest)
		if number == "" || unit == "" {
			return 0, fmt.Errorf("not a valid duration string: %q", shown(s))
		}
		at := unitIndex(unit)
		if at < 0 {
			return 0, fmt.Errorf("unknown unit %q in duration %q", shown(unit), shown(s))
		}
		if at < next {
			return 0, fmt.Errorf("not a valid duration string: %q", shown(s))
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n > int64((math.MaxInt64-sum)/units[at].size) {
			return 0, errors.New("duration out of range")
		}
		sum += time.Duration(n) * units[at].size
		rest, next = after, at+1
	}
	return sum, nil
}

// cutDuration takes the digits and the letters that s begins with.
func cutDuration(s string) (number, unit, rest string) {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	j := i
	for j < len(s) && !isDigit(s[j]) {
		j++
	}
	return s[:i], s[i:j], s[j:]
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func unitIndex(name string) int {
	for i := range units {
		if units[i].name == name {
			return i
		}
	}
	return -1
}

// FormatDuration prints a duration as Perses does: y and w only where they divide exactly. Below a millisecond nothing is printed.
func FormatDuration(d time.Duration) string {
	if d < time.Millisecond {
		return "0s"
	}
	var b strings.Builder
	for _, u := range units {
		if u.whole && d%u.size != 0 {
			continue
		}
		if n := d / u.size; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + u.name)
			d -= n * u.size
		}
	}
	return b.String()
}

func checkDurationText(s string) (string, error) {
	_, err := ParseDuration(s)
	return s, err
}

func canonicalDuration(s string) (string, error) {
	d, err := ParseDuration(s)
	if err != nil {
		return "", err
	}
	return FormatDuration(d), nil
}
