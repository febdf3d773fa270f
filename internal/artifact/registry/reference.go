package registry

import (
	"fmt"
	"net"
	"regexp"
	"strings"

	"github.com/perseid-dev/perseid/internal/source"
)

// DefaultTag is what a reference without tag and digest means to those who read.
const DefaultTag = "latest"

const maxName = 255 // bytes of registry and repository

var (
	hostForm       = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)
	repositoryForm = regexp.MustCompile(`^[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*$`)
	tagForm        = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)
)

// Reference is registry/repository:tag@digest. Tag and digest may be missing; where both are there, the digest counts.
type Reference struct {
	Registry   string // host, and port
	Repository string
	Tag        string
	Digest     source.Digest // zero for none
}

// ParseReference reads a reference. It must name a registry, since a reference that means another place on each machine is a trap.
// The + of a semantic version, which tags cannot have, becomes _.
func ParseReference(text string) (ref Reference, err error) {
	rest := strings.TrimPrefix(text, "oci://")
	rest, digest, pinned := strings.Cut(rest, "@")
	if pinned {
		if err := ref.Digest.UnmarshalText([]byte(digest)); err != nil {
			return ref, fmt.Errorf("reference %q: %w", text, err)
		}
	}
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, '/') {
		rest, ref.Tag = rest[:i], TagOf(rest[i+1:])
		if err := CheckTag(ref.Tag); err != nil {
			return ref, fmt.Errorf("reference %q: %w", text, err)
		}
	}
	host, repository, ok := strings.Cut(rest, "/")
	ref.Registry, ref.Repository = host, repository
	switch {
	case !ok || !isHost(host):
		return ref, fmt.Errorf("reference %q names no registry; write it in front, as in registry.example.com/%s", text, strings.TrimPrefix(rest, "/"))
	case !repositoryForm.MatchString(repository) || len(rest) > maxName:
		return ref, fmt.Errorf("reference %q: %q cannot name a repository: use lower-case letters, digits and . _ - between /", text, repository)
	}
	return ref, nil
}

// isHost tells the name of a registry from the first part of a repository, as Docker does.
func isHost(s string) bool {
	return hostForm.MatchString(s) && (strings.ContainsAny(s, ".:[") || s == "localhost")
}

// CheckHost says whether a text names a registry.
func CheckHost(host string) error {
	if !isHost(host) {
		return fmt.Errorf("%q does not name a registry; expected a host, as in registry.example.com or localhost:5000", host)
	}
	return nil
}

// TagOf makes a tag of a version.
func TagOf(version string) string { return strings.ReplaceAll(version, "+", "_") }

// CheckTag says whether a text may be a tag.
func CheckTag(tag string) error {
	if !tagForm.MatchString(tag) {
		return fmt.Errorf("%.140q cannot be a tag: use at most 128 letters, digits and . _ -", tag)
	}
	return nil
}

// Name is registry and repository.
func (r Reference) Name() string { return r.Registry + "/" + r.Repository }

// Target is what to ask the repository for: the digest, or else the tag, or else latest.
func (r Reference) Target() string {
	switch {
	case !r.Digest.IsZero():
		return r.Digest.String()
	case r.Tag != "":
		return r.Tag
	}
	return DefaultTag
}

// String is the form that ParseReference reads.
func (r Reference) String() string {
	text := r.Name()
	if r.Tag != "" {
		text += ":" + r.Tag
	}
	if !r.Digest.IsZero() {
		text += "@" + r.Digest.String()
	}
	return text
}

// At is the reference of one manifest of the same repository.
func (r Reference) At(d source.Digest) Reference {
	return Reference{Registry: r.Registry, Repository: r.Repository, Digest: d}
}

// isLoopback says whether a registry is on this machine, by its name alone.
func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}
