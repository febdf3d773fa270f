package sidecar

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"
	"time"
)

// A setter puts the value of a variable into a Config.
type setter func(c *Config, value string) error

func text(field func(*Config) *string) setter {
	return func(c *Config, value string) error { *field(c) = value; return nil }
}

// whenSet is for texts that mean something else when they are set and empty.
func whenSet(field func(*Config) **string) setter {
	return func(c *Config, value string) error { *field(c) = &value; return nil }
}

// yes is true for the word true in any case, and false for everything else.
func yes(field func(*Config) *bool) setter {
	return func(c *Config, value string) error { *field(c) = strings.EqualFold(value, "true"); return nil }
}

// exactly is true for the lower-case word true alone.
func exactly(field func(*Config) *bool) setter {
	return func(c *Config, value string) error { *field(c) = value == "true"; return nil }
}

// maxSeconds keeps durations within what can be counted.
const maxSeconds = 365 * 24 * 60 * 60

// seconds reads a number of seconds that is not negative. An empty value leaves what is there.
func seconds(field func(*Config) *time.Duration) setter {
	return func(c *Config, value string) error {
		if value == "" {
			return nil
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(n >= 0 && n <= maxSeconds) {
			return fmt.Errorf("%q is not a number of seconds", value)
		}
		*field(c) = time.Duration(n * float64(time.Second))
		return nil
	}
}

// atLeast is seconds for pauses that would be none.
func atLeast(least time.Duration, field func(*Config) *time.Duration) setter {
	set := seconds(field)
	return func(c *Config, value string) error {
		err := set(c, value)
		*field(c) = max(*field(c), least)
		return err
	}
}

func count(field func(*Config) *int) setter {
	return func(c *Config, value string) error {
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 0 {
			return fmt.Errorf("%q is not a number", value)
		}
		*field(c) = n
		return nil
	}
}

// list reads a comma-separated list that means something else when it is not set. Empty entries do not count.
func list(field func(*Config) **[]string) setter {
	return func(c *Config, value string) error {
		entries := split(value)
		*field(c) = &entries
		return nil
	}
}

// folders is list for absolute directories.
func folders(field func(*Config) **[]string) setter {
	set := list(field)
	return func(c *Config, value string) error {
		for _, entry := range split(value) {
			if !strings.HasPrefix(entry, "/") {
				return fmt.Errorf("%q is not an absolute path", entry)
			}
		}
		return set(c, value)
	}
}

func split(value string) []string {
	entries := []string{}
	for entry := range strings.SplitSeq(value, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			entries = append(entries, entry)
		}
	}
	return entries
}

// setNamespaces reads NAMESPACE: ALL, or set and empty, is every namespace.
func setNamespaces(c *Config, value string) error {
	c.everywhere = value == "ALL"
	c.namespaces = split(value)
	for i, n := range c.namespaces {
		if n == "ALL" {
			c.namespaces[i] = ""
		}
	}
	if len(c.namespaces) == 0 {
		c.namespaces = []string{""}
	}
	return nil
}

func setResources(c *Config, value string) error {
	if value != "configmap" && value != "secret" && value != "both" {
		return fmt.Errorf("%q: expected configmap, secret or both", value)
	}
	c.resources = value
	return nil
}

// setNames reads RESOURCE_NAME: name, kind/name or namespace/kind/name, several by commas.
func setNames(c *Config, value string) error {
	c.names = nil
	for _, entry := range split(value) {
		parts := strings.Split(entry, "/")
		n := name{name: parts[len(parts)-1]}
		if len(parts) > 1 {
			n.kind = parts[len(parts)-2]
		}
		if len(parts) > 2 {
			n.namespace = parts[0]
		}
		if len(parts) > 3 || n.name == "" || n.kind != "" && n.kind != "configmap" && n.kind != "secret" {
			return fmt.Errorf("%q: expected name, configmap/name or namespace/secret/name", entry)
		}
		c.names = append(c.names, n)
	}
	return nil
}

// setMethod reads METHOD: whatever is neither LIST nor SLEEP watches.
func setMethod(c *Config, value string) error {
	if c.method = ""; value == methodList || value == methodSleep {
		c.method = value
	}
	return nil
}

func setMode(c *Config, value string) error {
	if value == "" {
		return nil
	}
	mode, err := strconv.ParseUint(strings.TrimPrefix(value, "0o"), 8, 32)
	if err != nil || mode > 0o7777 || mode&0o400 == 0 {
		return fmt.Errorf("%q is not a file mode in octal digits that lets its owner read", value)
	}
	c.mode = fs.FileMode(mode & 0o777)
	return nil
}

func setLogLevel(c *Config, value string) error {
	level, ok := map[string]slog.Level{
		"DEBUG": slog.LevelDebug, "INFO": slog.LevelInfo, "WARN": slog.LevelWarn, "WARNING": slog.LevelWarn,
		"ERROR": slog.LevelError, "CRITICAL": levelCritical, "FATAL": levelCritical,
	}[strings.ToUpper(value)]
	if !ok {
		return fmt.Errorf("%q: expected DEBUG, INFO, WARNING, ERROR or CRITICAL", value)
	}
	c.logLevel = level
	return nil
}

func setLogFormat(c *Config, value string) error {
	switch strings.ToUpper(value) {
	case "JSON":
		c.logfmt = false
	case "LOGFMT":
		c.logfmt = true
	default:
		return fmt.Errorf("%q: expected JSON or LOGFMT", value)
	}
	return nil
}

func setBackoff(c *Config, value string) error {
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || !(n >= 0 && n <= maxSeconds) {
		return errors.New("expected a number")
	}
	c.request.backoff = n
	return nil
}

func setEncoding(c *Config, value string) (err error) {
	c.request.encoding, err = encodingOf(value)
	return err
}

// setPort reads a port; 0 lets the system choose.
func setPort(c *Config, value string) error {
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return fmt.Errorf("%q is not a port", value)
	}
	c.healthPort = int(n)
	return nil
}

func setZone(c *Config, value string) error { c.utc = strings.EqualFold(value, "UTC"); return nil }
