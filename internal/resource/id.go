package resource

import (
	"cmp"
	"strings"
)

// ID is a resource's identity: canonical kind name, project (empty for global kinds) and name (DELIVERY R1).
// It is comparable, so it serves as a map key.
type ID struct {
	Kind    string `json:"kind" yaml:"kind"`
	Project string `json:"project,omitempty" yaml:"project,omitempty"`
	Name    string `json:"name" yaml:"name"`
}

// Fold lower-cases project and name, as a case-insensitive database does.
func (id ID) Fold() ID {
	return ID{Kind: id.Kind, Project: strings.ToLower(id.Project), Name: strings.ToLower(id.Name)}
}

// String is the form for sentences: dashboard p/x, project x.
func (id ID) String() string {
	if id.Project == "" {
		return strings.ToLower(id.Kind) + " " + id.Name
	}
	return strings.ToLower(id.Kind) + " " + id.Project + "/" + id.Name
}

// Compare orders by rank of kind, kind, project, name: the order of application.
func (id ID) Compare(other ID) int {
	if id.Kind != other.Kind {
		return cmp.Or(cmp.Compare(id.rank(), other.rank()), strings.Compare(id.Kind, other.Kind))
	}
	if c := strings.Compare(id.Project, other.Project); c != 0 {
		return c
	}
	return strings.Compare(id.Name, other.Name)
}

func (id ID) rank() int {
	k, err := KindByName(id.Kind)
	if err != nil {
		return 0
	}
	return k.Rank
}
