package resource

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// Bounds of what one document can make us say.
const (
	maxProblems = 100 // problems reported for a document
	maxShown    = 200 // bytes of a value quoted in a message
)

// walker goes through a value by its shape, and remembers where it is and what is wrong.
type walker struct {
	// forgiving: of members with one name the last counts, silently (perses.md §1.1).
	forgiving bool
	// secret: the document is of a kind that holds secrets. A colon forgotten there makes a name of one, so unknown names are not quoted.
	secret   bool
	path     []step
	problems problem.List
	// nested is where the spec of a custom resource is, below spec.
	nested []step
}

// step is one part of a path: a name, or (name "" and item set) an index.
type step struct {
	name  string
	index int
	item  bool
}

func (w *walker) enter(name string)   { w.path = append(w.path, step{name: name}) }
func (w *walker) enterItem(index int) { w.path = append(w.path, step{index: index, item: true}) }
func (w *walker) leave()              { w.path = w.path[:len(w.path)-1] }

// fail reports an error where the walker is.
func (w *walker) fail(code problem.Code, message string) {
	w.report(problem.Problem{Code: code, Severity: problem.Error, Message: message})
}

// require reports that what must be where the walker is is not.
func (w *walker) require(message string) {
	w.report(problem.Problem{Code: problem.CodeRequired, Severity: problem.Error, Message: message, Hint: "add " + w.place()})
}

// report adds a problem at the place where the walker is.
func (w *walker) report(p problem.Problem) {
	if len(w.problems) > maxProblems {
		return
	}
	p.Path = w.place()
	if len(w.problems) == maxProblems {
		p = problem.Problem{Code: problem.CodeLimit, Severity: problem.Error,
			Message: fmt.Sprintf("there are more than %d problems", maxProblems), Hint: "mend these first"}
	}
	w.problems = append(w.problems, p)
}

// mismatch reports a value of the wrong type, without quoting it, and returns it as it is.
func (w *walker) mismatch(want string, v Value) Value {
	v = w.anything(v)
	w.fail(problem.CodeType, fmt.Sprintf("expected %s, found %s", want, found(v)))
	return v
}

// duplicate reports a name that is there twice.
func (w *walker) duplicate(name string) {
	if w.forgiving {
		return
	}
	w.enter(name)
	w.report(problem.Problem{Code: problem.CodeDuplicate, Severity: problem.Error,
		Message: fmt.Sprintf("field %q is there more than once", shown(name)), Hint: "remove one of them"})
	w.leave()
}

// unsaid stands for a name that may be a secret.
const unsaid = "?"

// sayable is a name as it may be shown: one that no row of o knows, nor a nearly right one, is not, where it may be a secret (DELIVERY R33).
func (w *walker) sayable(name string, o *object) string {
	if w.secret && (o == nil || o.nearest(name) == "") {
		return unsaid
	}
	return name
}

// unknown warns of a field that no row of o knows.
func (w *walker) unknown(name string, o *object) {
	if len(w.problems) > maxProblems {
		return // a suggestion costs more than a problem
	}
	hint := "it is kept as it is"
	if near := o.nearest(name); near != "" {
		hint = fmt.Sprintf("did you mean %q? It is kept as it is", near)
	}
	message := fmt.Sprintf("unknown field %q", shown(name))
	if name == unsaid {
		message = "unknown field; its name is not shown, since it may be a secret"
	}
	w.report(problem.Problem{Code: problem.CodeUnknown, Severity: problem.Warning, Message: message, Hint: hint})
}

// element normalises what a list or an object of the author's names holds, where null is no way of saying absent.
func (w *walker) element(s shape, v Value) Value {
	if v.Type == Null {
		w.fail(problem.CodeType, fmt.Sprintf("expected %s, found null", s.describe()))
		return v
	}
	return s.normalise(w, v)
}

// anything normalises an opaque value: names sorted, unquoted YAML scalars read as yaml.v3 reads them.
func (w *walker) anything(v Value) Value {
	switch v.Type {
	case plain:
		v = resolvePlain(v.Text)
		if v.Type == plain {
			v.Type = String
			w.fail(problem.CodeValue, "this number cannot be written in JSON")
		}
	case Array:
		for i := range v.Items {
			w.enterItem(i)
			v.Items[i] = w.anything(v.Items[i])
			w.leave()
		}
	case Object:
		v.Fields = sortFields(w, v.Fields)
		for i := range v.Fields {
			w.enter(v.Fields[i].Name)
			v.Fields[i].Value = w.anything(v.Fields[i].Value)
			w.leave()
		}
	}
	return v
}

// place writes the path as problem.Problem wants it.
func (w *walker) place() string {
	var b strings.Builder
	for _, s := range w.path {
		switch {
		case s.item:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case !isWord(s.name):
			b.WriteString("[" + strconv.Quote(s.name) + "]")
		case b.Len() > 0:
			b.WriteString("." + s.name)
		default:
			b.WriteString(s.name)
		}
	}
	return b.String()
}

// isWord says whether a name needs no quotes in a path.
func isWord(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return false
		}
	}
	return name != ""
}

// found names a value's type with its article.
func found(v Value) string {
	return [...]string{Null: "null", Bool: "a boolean", Number: "a number", String: "a string", Array: "a list", Object: "an object"}[v.Type]
}

// shown cuts a value for a message.
func shown(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "") + "..."
}
