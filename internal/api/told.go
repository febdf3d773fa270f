package api

import (
	"net/http"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
)

// told has errors say what was not found, or what exists. The Perses API keeps to the bare words; the delivery API has clients of its own,
// and people.
func told(handle handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := handle(w, r)
		if class := problem.ClassOf(err); class != problem.NotFound && class != problem.Exists {
			return err
		}
		reply.Told(w, err)
		return nil
	}
}
