package resource

import (
	"fmt"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// nearest is the known field that a name was probably meant to be; "" if none is near.
func (o *object) nearest(name string) string {
	names := make([]string, len(o.fields))
	for i := range o.fields {
		names[i] = o.fields[i].name
	}
	return problem.Nearest(name, names)
}

// nearestKind is a hint at the kind that was probably meant.
func nearestKind(name string) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	if near := problem.Nearest(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "use one of " + strings.Join(names, ", ")
}
