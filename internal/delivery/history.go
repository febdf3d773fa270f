package delivery

import "time"

// Why says what did away with a previous content.
type Why string

// The reasons.
const (
	WhyUpdated Why = "updated"    // its source declared another one
	WhyDeleted Why = "deleted"    // its source no longer declared it
	WhyTaken   Why = "taken over" // another source, or a source at all, declared it
)

// History is what is kept of a source (releases) or of a resource (versions), newest first.
type History struct {
	Releases []Release `json:"releases,omitempty" yaml:"releases,omitempty"`
	// Runs are the last times that the source changed anything, releases or not.
	Runs     []Run     `json:"runs,omitempty" yaml:"runs,omitempty"`
	Versions []Version `json:"versions,omitempty" yaml:"versions,omitempty"`
}

// Version is one previous content of a resource (R22). Versions are numbered as the resource's own metadata.version was.
type Version struct {
	Version  uint64    `json:"version" yaml:"version"`
	At       time.Time `json:"at" yaml:"at"` // when it was replaced or deleted
	Why      Why       `json:"why" yaml:"why"`
	Source   string    `json:"source" yaml:"source"` // who replaced or deleted it
	Origin   string    `json:"origin,omitempty" yaml:"origin,omitempty"`
	Revision string    `json:"revision,omitempty" yaml:"revision,omitempty"`
	Pinned   bool      `json:"pinned,omitempty" yaml:"pinned,omitempty"` // the resource is kept at this version
}

// Release is one state of a source that vouches for itself: an artifact, or a directory with an index (R22).
type Release struct {
	Revision  string          `json:"revision" yaml:"revision"`
	Version   string          `json:"version,omitempty" yaml:"version,omitempty"`
	Author    string          `json:"author,omitempty" yaml:"author,omitempty"` // as its maker says
	Commit    string          `json:"commit,omitempty" yaml:"commit,omitempty"` // likewise
	Key       string          `json:"key,omitempty" yaml:"key,omitempty"`       // that signed it
	At        time.Time       `json:"at" yaml:"at"`                             // when it was served first
	Seconds   float64         `json:"seconds" yaml:"seconds"`                   // it took to apply
	Documents int             `json:"documents" yaml:"documents"`               // it declares
	Changes   map[Outcome]int `json:"changes,omitempty" yaml:"changes,omitempty"`
	Serving   bool            `json:"serving,omitempty" yaml:"serving,omitempty"` // now
	Pinned    bool            `json:"pinned,omitempty" yaml:"pinned,omitempty"`
}

// Run is one time that a source changed what is served.
type Run struct {
	At       time.Time      `json:"at" yaml:"at"`
	Revision string         `json:"revision,omitempty" yaml:"revision,omitempty"`
	Version  string         `json:"version,omitempty" yaml:"version,omitempty"`
	Seconds  float64        `json:"seconds" yaml:"seconds"` // it took
	Changes  map[string]int `json:"changes" yaml:"changes"` // created, updated, deleted, released, retained
}

// Pin keeps a source at a release (R23).
type Pin struct {
	Revision   string    `json:"revision" yaml:"revision"`
	UntilNewer bool      `json:"untilNewer,omitempty" yaml:"untilNewer,omitempty"`
	Since      time.Time `json:"since" yaml:"since"`
	// Configured pins come from delivery.sources[].pin, and end there.
	Configured bool `json:"configured,omitempty" yaml:"configured,omitempty"`
}

// Preview is what a command would do. Of very many changes only the first come with their fields.
type Preview struct {
	Changes []Change `json:"changes" yaml:"changes"`
}

// Change is one line of a preview.
type Change struct {
	Action  string        `json:"action" yaml:"action"` // created, updated, deleted, released, retained
	Kind    string        `json:"kind" yaml:"kind"`
	Project string        `json:"project,omitempty" yaml:"project,omitempty"`
	Name    string        `json:"name" yaml:"name"`
	Fields  []FieldChange `json:"fields,omitempty" yaml:"fields,omitempty"`
}

// FieldChange is one field of a resource that differs. Values are JSON texts, empty where the field is not there; those of kinds that
// hold secrets are never shown.
type FieldChange struct {
	Path   string `json:"path" yaml:"path"`
	Before string `json:"before,omitempty" yaml:"before,omitempty"`
	After  string `json:"after,omitempty" yaml:"after,omitempty"`
}
