package api

import (
	"errors"
	"net/http"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
)

// told has errors say what was not found, or what exists. Clients of Perses replace these sentences or match on them, so the Perses API
// keeps to the bare words; the delivery API has clients of its own, and people.
func told(handle handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := handle(w, r)
		class := problem.ClassOf(err)
		var failure *problem.Failure
		if (class != problem.NotFound && class != problem.Exists) || !errors.As(err, &failure) || failure.Detail == "" {
			return err
		}
		body := reply.Of(err)
		body.Message += ": " + failure.Detail
		reply.JSON(w, reply.Status(err), body)
		return nil
	}
}
