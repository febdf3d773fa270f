package config

import (
	"path"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/problem"
)

// artifactInterval is how often a registry is asked where nothing else is said: a tag that moved should not wait for an hour.
const artifactInterval = time.Minute

// Artifact is an OCI artifact in a registry. Whether its reference and version can be read as such is for those who follow it to say.
type Artifact struct {
	// Reference is registry/repository, with a tag or a digest; without either it is the tag latest, or Version.
	Reference string `json:"reference"`
	// Version is a range of semantic versions, of which the highest is followed.
	Version string `json:"version,omitempty"`
	// Path is the directory of the artifact to read; all of it if empty.
	Path   string  `json:"path,omitempty"`
	Verify *Verify `json:"verify,omitempty"`
	// Credentials is a file as docker login writes it, and as a pull secret of Kubernetes holds it. It is read again whenever it is needed.
	Credentials string `json:"credentials,omitempty"`
	CAFile      string `json:"ca_file,omitempty"`
	Insecure    bool   `json:"insecure,omitempty"` // plain HTTP
}

// Verify says whose signatures count. Keys are files.
type Verify struct {
	Keys     []string `json:"keys"`
	Required bool     `json:"required"`
}

func (v *Verify) setDefaults() { v.Required = true }

// String implements Location.
func (a *Artifact) String() string {
	text := a.Reference
	if a.Version != "" {
		text += " " + a.Version
	}
	if dir := strings.Trim(path.Clean("/"+a.Path), "/"); dir != "" {
		text += " (" + dir + ")"
	}
	return text
}

func (a *Artifact) name() string { return "artifact:" + a.String() }

func (a *Artifact) resolve(r *reader, at string, entry Source, s *SourceConfig) {
	if a.Reference == "" {
		r.fail(problem.CodeRequired, at+".reference", "the artifact has no reference", "write one, as in registry.example.com/team/boards:prod")
	}
	if v := a.Verify; v != nil && len(v.Keys) == 0 {
		r.fail(problem.CodeRequired, at+".verify.keys", "signatures are to be verified, and no key counts", "name the files of public keys, or remove verify")
	}
	s.Pin, s.RequireIndex = entry.Pin, entry.RequireIndex
	if entry.Interval == 0 {
		s.Interval = artifactInterval
	}
}
