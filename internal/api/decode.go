package api

import (
	"net/http"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// errNotJSON: the body may be anything.
var errNotJSON = problem.New(problem.MediaType, "send JSON, with Content-Type: application/json")

// decode reads the document of a write: content type, syntax and shape, case, and that path and body agree.
func (a *api) decode(c *call) (*resource.Resource, error) {
	if !isJSON(c.r) {
		return nil, errNotJSON
	}
	data, done, err := a.intake.body(c.w, c.r)
	if err != nil {
		return nil, err
	}
	c.done = done
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
