package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

// defaultUnlock is how long a resource is unlocked by an order that does not say.
const defaultUnlock = time.Hour

// order is the body of a command, as a pointer to a struct of its fields.
type order interface {
	// fresh is an order to decode into.
	fresh() order
	// fill completes a command, or says what is wrong with the order.
	fill(*delivery.Command) error
	// example is a body for the reference.
	example() string
}

type confirmOrder struct {
	ID string `json:"id"`
}

func (*confirmOrder) fresh() order    { return &confirmOrder{} }
func (*confirmOrder) example() string { return `{"id": "1f0c2b7a"}` }

func (o *confirmOrder) fill(c *delivery.Command) error {
	if o.ID == "" {
		return invalid(`expected {"id": "…"}, the ID of the hold to confirm`)
	}
	c.ID = o.ID
	return nil
}

type forgetOrder struct {
	Prune bool `json:"prune"`
}

func (*forgetOrder) fresh() order    { return &forgetOrder{} }
func (*forgetOrder) example() string { return `{"prune": true}` }

func (o *forgetOrder) fill(c *delivery.Command) error {
	c.Prune = o.Prune
	return nil
}

type releaseOrder struct {
	Revision   string `json:"revision"`
	UntilNewer bool   `json:"untilNewer"`
}

func (*releaseOrder) fresh() order    { return &releaseOrder{} }
func (*releaseOrder) example() string { return `{"revision": "v1.4.2", "untilNewer": true}` }

func (o *releaseOrder) fill(c *delivery.Command) error {
	c.Revision, c.UntilNewer = o.Revision, o.UntilNewer
	return nil
}

type versionOrder struct {
	Version *uint64 `json:"version"`
}

func (*versionOrder) fresh() order    { return &versionOrder{} }
func (*versionOrder) example() string { return `{"version": 3}` }

func (o *versionOrder) fill(c *delivery.Command) error {
	c.Version = o.Version
	return nil
}

type unlockOrder struct {
	For string `json:"for"`
}

func (*unlockOrder) fresh() order    { return &unlockOrder{} }
func (*unlockOrder) example() string { return `{"for": "2h"}` }

func (o *unlockOrder) fill(c *delivery.Command) error {
	if c.For = defaultUnlock; o.For == "" {
		return nil
	}
	var err error
	if c.For, err = time.ParseDuration(o.For); err != nil {
		return invalid(`for: %q is not a duration: expected text such as "90m" or "2h"`, o.For)
	}
	return nil
}

// readOrder completes a command with the body of its request. No body says as much as {}; a field that the command does not know
// is refused, so that a slip of the pen is not half an order.
func (in *intake) readOrder(w http.ResponseWriter, r *http.Request, o order, c *delivery.Command) error {
	data, done, err := in.body(w, r)
	if err != nil {
		return err
	}
	defer done()
	o = o.fresh()
	if len(bytes.TrimSpace(data)) > 0 {
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		err := d.Decode(o)
		if _, end := d.Token(); err != nil || end != io.EOF {
			return &problem.Failure{Class: problem.Invalid, Detail: "expected a JSON object such as " + o.example(), Err: err}
		}
	}
	return o.fill(c)
}
