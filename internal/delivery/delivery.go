// Package delivery holds the words of delivery as plain data: what reconcile reports, and what the API, the command line,
// metrics and Events show (DELIVERY.md, Status). It knows no resource type and does nothing.
package delivery

import (
	"time"

	"github.com/perseid-dev/perseid/internal/problem"
)

// State is what a source is in.
type State string

// The states of a source.
const (
	Syncing   State = "syncing"   // not read yet
	Ready     State = "ready"     // everything it declares is served
	Degraded  State = "degraded"  // some of what it declares is invalid or could not be read
	Failing   State = "failing"   // could not be read, or applied, at all
	Held      State = "held"      // deletions wait for a confirmation
	Pinned    State = "pinned"    // kept at a release
	Suspended State = "suspended" // not followed
	Orphaned  State = "orphaned"  // gone from the configuration, its resources kept
)

// States lists them all.
func States() []State {
	return []State{Syncing, Ready, Degraded, Failing, Held, Pinned, Suspended, Orphaned}
}

// Outcome is what became of one document.
type Outcome string

// The outcomes of a document.
const (
	Applied   Outcome = "applied"   // served, and written by the source's present revision
	Unchanged Outcome = "unchanged" // served, as an earlier revision wrote it
	Invalid   Outcome = "invalid"   // has problems; its last good version, if any, is served
	Refused   Outcome = "refused"   // not allowed to be here
	Shadowed  Outcome = "shadowed"  // another document of the same identity wins
	HeldBack  Outcome = "held"      // waits: for a confirmation, a delay, or the rest of its release
	Released  Outcome = "released"  // no longer declared, changed by others, so left and no longer managed
	Retained  Outcome = "retained"  // no longer declared, but still needed, so left
	Pruned    Outcome = "pruned"    // no longer declared, removed
)

// Outcomes lists them all.
func Outcomes() []Outcome {
	return []Outcome{Applied, Unchanged, Invalid, Refused, Shadowed, HeldBack, Released, Retained, Pruned}
}

// Source is the status of one source.
type Source struct {
	Name     string `json:"name" yaml:"name"`
	Kind     string `json:"kind" yaml:"kind"`         // directory, kubernetes, artifact
	Location string `json:"location" yaml:"location"` // the path, selector or reference it reads
	State    State  `json:"state" yaml:"state"`
	// Reason says in a sentence why the state is not ready.
	Reason      string            `json:"reason,omitempty" yaml:"reason,omitempty"`
	Revision    string            `json:"revision,omitempty" yaml:"revision,omitempty"`
	Since       time.Time         `json:"since" yaml:"since"` // in this state
	LastAttempt time.Time         `json:"lastAttempt,omitzero" yaml:"lastAttempt,omitempty"`
	LastSuccess time.Time         `json:"lastSuccess,omitzero" yaml:"lastSuccess,omitempty"`
	Documents   int               `json:"documents" yaml:"documents"`
	Counts      map[Outcome]int   `json:"counts" yaml:"counts"`
	Problems    []problem.Problem `json:"problems,omitempty" yaml:"problems,omitempty"` // of the source itself
	Hold        *Hold             `json:"hold,omitempty" yaml:"hold,omitempty"`
	Pin         *Pin              `json:"pin,omitempty" yaml:"pin,omitempty"`
}

// Hold is a prune that waits for a confirmation (R14).
type Hold struct {
	ID        string   `json:"id" yaml:"id"`
	Reason    string   `json:"reason" yaml:"reason"`
	Deletions []string `json:"deletions" yaml:"deletions"` // identities, as in sentences
}

// Document is the status of one document of a source, or of a resource a source gave before.
type Document struct {
	Source   string            `json:"source" yaml:"source"`
	Origin   string            `json:"origin" yaml:"origin"`
	Index    int               `json:"index" yaml:"index"` // which document of the file, from 0
	Object   *Object           `json:"object,omitempty" yaml:"object,omitempty"`
	Kind     string            `json:"kind,omitempty" yaml:"kind,omitempty"`
	Project  string            `json:"project,omitempty" yaml:"project,omitempty"`
	Name     string            `json:"name,omitempty" yaml:"name,omitempty"`
	Outcome  Outcome           `json:"outcome" yaml:"outcome"`
	Since    time.Time         `json:"since" yaml:"since"`
	Problems []problem.Problem `json:"problems,omitempty" yaml:"problems,omitempty"`
	// Winner says who is served instead of a shadowed document: source and origin.
	Winner string `json:"winner,omitempty" yaml:"winner,omitempty"`
	// Awaits says what would change the outcome.
	Awaits string `json:"awaits,omitempty" yaml:"awaits,omitempty"`
}

// Object is the ConfigMap or Secret that a document is in: whom to tell.
type Object struct {
	Kind      string `json:"kind" yaml:"kind"` // configmap or secret
	Namespace string `json:"namespace" yaml:"namespace"`
	Name      string `json:"name" yaml:"name"`
	UID       string `json:"uid" yaml:"uid"`
}

// Status is the whole of it.
type Status struct {
	Ready      bool       `json:"ready" yaml:"ready"` // R27
	Generation uint64     `json:"generation" yaml:"generation"`
	Sources    []Source   `json:"sources" yaml:"sources"`
	Documents  []Document `json:"documents,omitempty" yaml:"documents,omitempty"`
}

// Owner says who manages a resource, as the body of a refused write shows it (R25).
type Owner struct {
	Source   string    `json:"source" yaml:"source"`
	Origin   string    `json:"origin" yaml:"origin"`
	Revision string    `json:"revision,omitempty" yaml:"revision,omitempty"`
	Since    time.Time `json:"since" yaml:"since"`
	// Writable: writes are let through all the same, because the resource is unlocked or its source suspended (R24).
	Writable bool `json:"writable,omitempty" yaml:"writable,omitempty"`
	// Until is when an unlock ends.
	Until time.Time `json:"until,omitzero" yaml:"until,omitempty"`
}
