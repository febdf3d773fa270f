package desired

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Rule says what ConfigMaps and Secrets of some namespaces may declare (R35). Namespaces and Projects are names or patterns with *.
type Rule struct {
	Namespaces []string
	Projects   []string // {namespace} stands for the namespace
	Kinds      []string // canonical; * is every kind
}

// namespaceVariable stands for the namespace in the projects of a rule.
const namespaceVariable = "{namespace}"

// party is who declares something: a source and, in a cluster, the namespace. Outside of a cluster the namespace is empty.
type party struct{ source, namespace string }

func partyOf(src Source, f sourceFile) party { return party{src.Name, f.Object.Namespace} }

// standing is where a kind stands without any rule, from a namespace other than Perseid's own.
type standing int

const (
	free     standing = iota // accepted
	noticed                  // accepted with a warning
	reserved                 // refused
)

// standings has the kinds that are not free.
var standings = map[string]standing{
	"Role": reserved, "RoleBinding": reserved, "GlobalRole": reserved, "GlobalRoleBinding": reserved, "User": reserved, "GlobalSecret": reserved,
	"GlobalDatasource": noticed, "GlobalVariable": noticed, "Secret": noticed, "Project": noticed,
}

// allows says whether some rule lets a namespace declare an identity.
func (b *build) allows(namespace string, id resource.ID) bool {
	return slices.ContainsFunc(b.in.Tenancy, func(r Rule) bool { return r.allows(namespace, id) })
}

func (r Rule) allows(namespace string, id resource.ID) bool {
	if !slices.Contains(r.Kinds, "*") && !slices.Contains(r.Kinds, id.Kind) || !matches(r.Namespaces, namespace) {
		return false
	}
	name := projectOf(id)
	return name == "" || matches(r.Projects, name, namespaceVariable, namespace)
}

// projectOf is the project that a document is about: a Project is about itself. It is empty for other global kinds.
func projectOf(id resource.ID) string {
	if id.Kind == "Project" {
		return id.Name
	}
	return id.Project
}

func matches(patterns []string, name string, replace ...string) bool {
	replacer := strings.NewReplacer(replace...)
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, err := path.Match(replacer.Replace(pattern), name)
		return err == nil && ok
	})
}

// judge applies tenancy to one document of an object: what is wrong with it being here, or a warning (R34, R35). A document outside of
// a cluster, where whoever writes the files is trusted, passes.
func (b *build) judge(src Source, f sourceFile, doc Document) problem.List {
	namespace := f.Object.Namespace
	if namespace == "" {
		return nil
	}
	list := fileReferences(doc)
	if namespace == src.Home || !doc.ID.Possible() || b.allows(namespace, doc.ID) {
		return list
	}
	switch stand := standings[doc.ID.Kind]; {
	case len(b.in.Tenancy) > 0:
		list = append(list, trespass(problem.Error, namespace, doc.ID, "no rule of delivery.tenancy lets namespace %s declare %s", "to allow it, add"))
	case stand == reserved:
		list = append(list, trespass(problem.Error, namespace, doc.ID, "namespace %s may not declare %s without a rule", "to allow it, add"))
	case stand == noticed:
		list = append(list, trespass(problem.Warning, namespace, doc.ID, "namespace %s declares %s, which reaches beyond its dashboards",
			"it is let through while there are no rules; to say so, and have rules decide about everything, add"))
	}
	return list
}

// trespass is a problem that shows the rule to paste.
func trespass(severity problem.Severity, namespace string, id resource.ID, message, advice string) problem.Problem {
	return problem.Problem{
		Code: problem.CodeTenancy, Severity: severity, Path: "kind",
		Message: fmt.Sprintf(message, namespace, id), Hint: advice + " a rule to the configuration\n" + ruleFor(namespace, id),
	}
}

// ruleFor is the rule, as YAML, that allows one namespace an identity.
func ruleFor(namespace string, id resource.ID) string {
	projects := ""
	if name := projectOf(id); name == namespace {
		projects = fmt.Sprintf(", projects: [%q]", namespaceVariable)
	} else if name != "" {
		projects = fmt.Sprintf(", projects: [%q]", name)
	}
	return fmt.Sprintf("delivery:\n  tenancy:\n  - {namespaces: [%q]%s, kinds: [%s]}", namespace, projects, id.Kind)
}

// fileReferences refuses what would have the server read its own files on behalf of whoever may write a ConfigMap (R34).
func fileReferences(doc Document) problem.List {
	var list problem.List
	for _, at := range doc.Facts.Files {
		list = append(list, problem.Problem{
			Code: problem.CodeTenancy, Severity: problem.Error, Path: at,
			Message: "names a file or variable of the server, which is not done for what comes from a cluster",
			Hint:    "write the value itself, and the document into a Kubernetes Secret",
		})
	}
	return list
}

// landlord is the namespace that owns an identity and still speaks for it; "" for none (R36).
func (b *build) landlord(id resource.ID, list []*Candidate) string {
	m := b.in.Have[id].Mark
	if m == nil || m.Object == "" {
		return ""
	}
	namespace := m.Namespace()
	if slices.ContainsFunc(list, func(c *Candidate) bool { return c.namespace() == namespace }) {
		return namespace
	}
	return ""
}

// claims declares an identity on behalf of a document, so that nothing deletes it (I1). What another namespace owns it can
// only ask for: it must not keep alive what its owner drops (R36).
func (b *build) claims(id resource.ID, who party) {
	if who.namespace != "" {
		if m := b.in.Have[id].Mark; m != nil && m.Object != "" && m.Namespace() != who.namespace {
			return
		}
	}
	b.set.Declared[id] = true
}

// evict refuses a candidate because another namespace owns its identity.
func (b *build) evict(c *Candidate, owner string, list []*Candidate) {
	row := b.set.Row(c)
	if row == nil {
		return
	}
	origin := owner
	for _, other := range list {
		if other.namespace() == owner {
			origin = other.Origin
			row.Winner = other.Source + " (" + other.Origin + ")"
			break
		}
	}
	b.decline(c, delivery.Refused, problem.List{{
		Code: problem.CodeTenancy, Severity: problem.Error, Path: "metadata.name",
		Message: fmt.Sprintf("%s belongs to namespace %s (%s)", c.ID, owner, origin),
		Hint:    "rename it, or have that namespace remove it first",
	}})
	row.Awaits = "the removal of " + origin
}

// seniority ranks the namespaces that claim one identity by their oldest claim: a priority counts only inside of one (R36).
func seniority(list []*Candidate) {
	oldest := map[party]int{}
	for _, c := range list {
		p := party{c.Source, c.namespace()}
		oldest[p] = max(oldest[p], c.rank.age)
	}
	for _, c := range list {
		if c.Object != "" {
			c.rank.tenure = oldest[party{c.Source, c.namespace()}]
		}
	}
}
