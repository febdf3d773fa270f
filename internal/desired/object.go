package desired

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/source"
)

// The annotations of an object, as problems name them.
const (
	annotationProject  = "perseid.dev/project"
	annotationPriority = "perseid.dev/priority"
	annotationPrune    = "perseid.dev/prune"
	annotationSuspend  = "perseid.dev/suspend"
)

// maxWeight bounds the priority annotation, on both sides of zero.
const maxWeight = 1_000_000

// asked is what the annotations of a file's object ask for. A directory's files ask for nothing.
type asked struct {
	weight    int  // among the ConfigMaps of one namespace (R36)
	keep      bool // prune: disabled (R16)
	suspended bool
	problems  problem.List
}

var projectPattern = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,75}$`)

// ask reads annotations. What cannot be understood is an error, apart from prune: who wanted to keep something keeps it.
func ask(o source.Object) asked {
	var a asked
	if o.Project != "" && !isProject(o.Project) {
		a.bad(problem.Error, annotationProject, o.Project, "the name of a project")
	}
	if o.Priority != "" {
		n, err := strconv.Atoi(o.Priority)
		if err != nil || n < -maxWeight || n > maxWeight {
			a.bad(problem.Error, annotationPriority, o.Priority, fmt.Sprintf("a whole number from %d to %d", -maxWeight, maxWeight))
			n = 0
		}
		a.weight = n
	}
	if a.keep = o.Prune != "" && o.Prune != "enabled"; a.keep && o.Prune != "disabled" {
		a.bad(problem.Warning, annotationPrune, o.Prune, `"disabled", which is assumed`)
	}
	switch o.Suspend {
	case "", "false":
	case "true":
		a.suspended = true
	default:
		a.bad(problem.Error, annotationSuspend, o.Suspend, `"true" or "false"`)
	}
	return a
}

// isProject says whether an annotation can name a project.
func isProject(name string) bool {
	return projectPattern.MatchString(name) && name != "." && name != ".."
}

func (a *asked) bad(severity problem.Severity, annotation, value, want string) {
	a.problems = append(a.problems, problem.Problem{
		Code: problem.CodeAnnotation, Severity: severity, Path: "annotation " + annotation,
		Message: fmt.Sprintf("%.60q is not %s", value, want),
		Hint:    "mend the annotation of the object, or remove it",
	})
}

// defaultProject is the one that a file's documents belong to where they name none; "" if the file does not say, or says nonsense.
func defaultProject(f sourceFile) string {
	if f.Object.Project == "" || !isProject(f.Object.Project) {
		return ""
	}
	return f.Object.Project
}

// ages gives each file of a source the age of its object as a number, the higher the older; 0 where there are no objects (R8).
func ages(files []sourceFile) map[string]int {
	var objects []source.Object
	for _, f := range files {
		if f.Object.Name != "" {
			objects = append(objects, f.Object)
		}
	}
	slices.SortFunc(objects, func(a, b source.Object) int {
		if a.Created != b.Created {
			return -cmp.Compare(a.Created, b.Created)
		}
		return -cmp.Compare(a.String(), b.String())
	})
	out := make(map[string]int, len(objects))
	for i, o := range objects {
		out[o.String()] = i + 1
	}
	return out
}

// hold keeps what the documents of a suspended object gave, and says what they wait for.
func (b *build) hold(src Source, file sourceFile, content *Content, r rank) {
	for _, doc := range content.Documents {
		row := Row{Source: src.Name, Origin: file.Origin, File: file, Index: doc.Index, ID: doc.ID, Outcome: delivery.HeldBack}
		row.Awaits = "the annotation " + annotationSuspend + " to be removed"
		if m := b.in.Have[doc.ID].Mark; m != nil && m.Object == file.Object.String() && m.Declared == doc.Hash {
			row.Outcome, row.Awaits = delivery.Unchanged, ""
		}
		b.set.Rows = append(b.set.Rows, row)
		if doc.ID.Possible() && !b.judge(src, file, doc).Invalid() {
			b.claims(doc.ID, partyOf(src, file))
		}
	}
	for _, id := range b.served().objects[place{src.Name, file.Object.String()}] {
		b.set.Declared[id] = true
		b.addLastGood(id, partyOf(src, file), r)
	}
}
