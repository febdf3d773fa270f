package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// maxBody is the largest document we read, in bytes: several times what fits into a ConfigMap.
const maxBody = 8 << 20

// decode reads the document of a write: content type, syntax and shape, case, and that path and body agree.
func (a *api) decode(c *call) (*resource.Resource, error) {
	if !isJSON(c.r) {
		return nil, problem.New(problem.MediaType, "")
	}
	data, err := body(c.w, c.r)
	if err != nil {
		return nil, err
	}
	r, problems := resource.DecodeBody(data, c.kind)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	r.Metadata.Name, r.Metadata.Project = a.fold(r.Metadata.Name), a.fold(r.Metadata.Project)
	if !c.kind.Project {
		r.Metadata.Project = ""
	}
	if err := agree("project", c.project, &r.Metadata.Project); err != nil {
		return nil, err
	}
	return r, agree("name", c.name, &r.Metadata.Name)
}

// isJSON tests the content type. It is what keeps a form on somebody's page from writing with a visitor's rights.
func isJSON(r *http.Request) bool {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(media), "application/json")
}

// body reads a request's body, up to maxBody.
func body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &problem.Failure{Class: problem.TooLarge, Detail: fmt.Sprintf("a document may have %d bytes", large.Limit), Err: err}
	case err != nil:
		return nil, &problem.Failure{Class: problem.Invalid, Detail: "the body could not be read to its end", Err: err}
	}
	return data, nil
}

// agree fills an empty metadata field from the path, and refuses one that differs (perses.md §2.4).
func agree(field, parameter string, value *string) error {
	switch {
	case parameter == "" || *value == parameter:
		return nil
	case *value == "":
		*value = parameter
		return nil
	}
	return invalid("%s parameter value '%s' does not match provided metadata value '%s'", field, parameter, *value)
}
