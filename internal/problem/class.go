package problem

import "errors"

// Class is what an outsider may be told about an error: which sort it is, and nothing of our insides.
type Class int

// The classes, in no order. Internal is the zero value, so that an error nobody classified reveals nothing.
const (
	Internal      Class = iota // our fault or our disk's; the detail is for the log only
	Invalid                    // the request or document is wrong
	NotFound                   // no such document
	Exists                     // the name is taken
	Forbidden                  // known, and not allowed
	Unauthorized               // not known
	MediaType                  // the body is not JSON, or not plain JSON
	TooLarge                   // the body is larger than we read
	Slow                       // the body did not arrive in time
	Stale                      // If-Match named another version
	Unavailable                // try again later: not writable, not ready
	Upstream                   // who was asked on the caller's behalf did not answer
	Late                       // nor did they in time
	Unimplemented              // this version cannot do it
)

// Failure is an error with a class and a sentence that may be shown to an outsider.
type Failure struct {
	Class  Class
	Detail string // may be empty; never holds a secret
	Owner  any    // who manages the resource, when that is why a write was refused; marshalled as it is
	Err    error  // the cause, for errors.Is and the log; may be nil
}

// Error is the detail, or the cause where there is no detail.
func (f *Failure) Error() string {
	if f.Detail == "" && f.Err != nil {
		return f.Err.Error()
	}
	return f.Detail
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// New makes a Failure of a class and a sentence.
func New(class Class, detail string) *Failure { return &Failure{Class: class, Detail: detail} }

// ClassOf finds the class of an error, Internal if it has none.
func ClassOf(err error) Class {
	var f *Failure
	if errors.As(err, &f) {
		return f.Class
	}
	var l List
	if errors.As(err, &l) {
		return Invalid
	}
	return Internal
}
