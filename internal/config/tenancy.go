package config

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Tenancy is a rule: what ConfigMaps and Secrets of some namespaces may declare (DELIVERY R35). Until there is a rule the defaults hold;
// then rules decide about everything that comes from a namespace other than Perseid's own.
type Tenancy struct {
	// Namespaces the rule is about: names, or patterns with *.
	Namespaces []string `json:"namespaces"`
	// Projects they may write: names, or patterns with *; {namespace} stands for the name of the namespace.
	Projects []string `json:"projects,omitempty"`
	// Kinds they may write; without any, those of a project that give nobody access. * is every kind.
	Kinds []string `json:"kinds,omitempty"`
}

// NamespaceVariable stands for the name of the namespace in the projects of a rule.
const NamespaceVariable = "{namespace}"

// TenancyKinds are the kinds of a rule that names none: all that live in a project, and the project, but not who may do what.
var TenancyKinds = []string{"Project", "Secret", "Datasource", "Variable", "Dashboard", "Folder"}

// checkTenancy reports rules that say nothing or what cannot be understood, and gives kinds their canonical spelling.
func (r *reader) checkTenancy() {
	for i := range r.config.Delivery.Tenancy {
		rule, at := &r.config.Delivery.Tenancy[i], fmt.Sprintf("delivery.tenancy[%d]", i)
		if len(rule.Namespaces) == 0 {
			r.fail(problem.CodeRequired, at, "the rule is about no namespace", `name some: namespaces: [team-a], or ["*"]`)
		}
		r.checkPatterns(at+".namespaces", rule.Namespaces)
		r.checkPatterns(at+".projects", rule.Projects)
		r.checkKinds(at, rule)
	}
}

func (r *reader) checkPatterns(at string, patterns []string) {
	for i, pattern := range patterns {
		if _, err := path.Match(strings.ReplaceAll(pattern, NamespaceVariable, ""), ""); err != nil || pattern == "" {
			r.fail(problem.CodeValue, fmt.Sprintf("%s[%d]", at, i), fmt.Sprintf("%q is neither a name nor a pattern", pattern), "use letters, digits, dashes and *")
		}
	}
}

func (r *reader) checkKinds(at string, rule *Tenancy) {
	inProject := len(rule.Kinds) == 0
	for i, name := range rule.Kinds {
		if name == "*" {
			inProject = true
			continue
		}
		kind, err := resource.KindByName(name)
		if err != nil || !kind.Provisioned {
			r.fail(problem.CodeKind, fmt.Sprintf("%s.kinds[%d]", at, i), fmt.Sprintf("%q is not a kind that can be delivered", name), didYouMean(name, deliverable()))
			continue
		}
		rule.Kinds[i] = kind.Name
		inProject = inProject || kind.Project || kind.Name == "Project"
	}
	if inProject && len(rule.Projects) == 0 {
		r.fail(problem.CodeRequired, at, "the rule names no project, so it allows nothing in one", `name some: projects: ["{namespace}"], or ["*"]`)
	}
}

func deliverable() []string {
	var names []string
	for _, k := range resource.Kinds() {
		if k.Provisioned {
			names = append(names, k.Name)
		}
	}
	slices.Sort(names)
	return names
}
