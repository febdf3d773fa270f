package delivery

import "time"

// Verb is what a command asks for.
type Verb string

// The verbs. Those in the first group are about a source, in the second about a resource; rollback and unpin are about either.
const (
	Reconcile Verb = "reconcile" // list the source now; Full reads every file whatever its fingerprint says
	Confirm   Verb = "prune"     // let the hold with this ID delete what it lists
	Suspend   Verb = "suspend"   // leave what the source serves as it is, and writable
	Resume    Verb = "resume"
	Forget    Verb = "forget" // give up the resources of a source that is no longer configured; Prune deletes them

	Unlock Verb = "unlock" // make a managed resource writable for a while (For)
	Undo   Verb = "undo"   // bring back what was deleted or taken over

	Rollback Verb = "rollback" // return to a release (Revision) of a source, or a version (Version) of a resource, and stay there
	Unpin    Verb = "unpin"    // follow the source again
)

// Command is an order to one source, or about one resource: then Kind is set.
type Command struct {
	Verb    Verb   `json:"verb"`
	Source  string `json:"source,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Project string `json:"project,omitempty"`
	Name    string `json:"name,omitempty"`

	ID         string        `json:"id,omitempty"`         // of a hold
	Full       bool          `json:"full,omitempty"`       // of a reconcile
	Prune      bool          `json:"prune,omitempty"`      // of a forget
	Revision   string        `json:"revision,omitempty"`   // of a rollback; "" is the release before the present one
	UntilNewer bool          `json:"untilNewer,omitempty"` // of a rollback
	Version    *uint64       `json:"version,omitempty"`    // of a rollback; nil is the last one before the present one
	For        time.Duration `json:"for,omitempty"`        // of an unlock, in nanoseconds
	DryRun     bool          `json:"dryRun,omitempty"`     // of a rollback or forget: answer what would change, and change nothing
}

// Subject is a source, or a resource: then Kind is set.
type Subject struct {
	Source              string
	Kind, Project, Name string
}
