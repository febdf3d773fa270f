package resource

import (
	"fmt"
	"strings"
)

// Reference is the generated documentation of all kinds and their fields, in Markdown.
func Reference() string {
	p := &page{titled: map[string]*object{}}
	p.line("# Resources\n\nGenerated from the tables of package resource; do not edit.\n\n"+
		"A resource is `{kind, metadata, spec}`, in JSON or YAML. Names of fields match in any case. Fields that are not listed\n"+
		"here are kept, after the known ones, and reported.\n\n%s", kindsTable())
	p.section("Metadata", "metadata", projectMetadata)
	p.line("Global kinds have no `project`. The server sets `createdAt`, `updatedAt` and `version`.\n")
	for i, k := range Kinds() {
		if names := sharing(i); names != nil {
			p.line("## %s\n", strings.Join(names, ", "))
			p.table("spec", k.spec)
		}
	}
	for i := 0; i < len(p.queue); i++ {
		p.section(p.queue[i].title, "", p.queue[i])
	}
	return strings.TrimRight(p.b.String(), "\n") + "\n"
}

// sharing names the kinds that have the spec of the i-th, of which it is the first; nil if it is not.
func sharing(i int) []string {
	var names []string
	for j, k := range Kinds() {
		if k.spec != Kinds()[i].spec {
			continue
		}
		if j < i {
			return nil
		}
		names = append(names, k.Name)
	}
	return names
}

func kindsTable() string {
	var b strings.Builder
	b.WriteString("| kind | plural | scope | short names | from sources |\n| --- | --- | --- | --- | --- |\n")
	for _, k := range Kinds() {
		scope, provisioned := "global", "yes"
		if k.Project {
			scope = "project"
		}
		if !k.Provisioned {
			provisioned = "no"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", k.Name, k.Plural, scope, strings.Join(k.Aliases, ", "), provisioned)
	}
	return b.String()
}

// page is the reference being written.
type page struct {
	b      strings.Builder
	titled map[string]*object
	queue  []*object // titled shapes that still need, or have, a section
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

func (p *page) section(title, path string, o *object) {
	p.line("## %s\n", title)
	p.rows(path, o.fields)
	p.line("")
}

// table is the fields of a kind's spec.
func (p *page) table(path string, s shape) {
	switch s := s.(type) {
	case *union:
		p.head()
		p.union(path, s)
	case *object:
		p.rows(path, s.fields)
	}
	p.line("")
}

func (p *page) head() { p.line("| field | type | |\n| --- | --- | --- |") }

func (p *page) rows(path string, fields []field) {
	p.head()
	p.fields(path, fields)
}

func (p *page) fields(path string, fields []field) {
	for i := range fields {
		f := &fields[i]
		at := strings.TrimPrefix(path+"."+f.name, ".")
		p.line("| `%s` | %s | %s |", at, p.word(f.shape), f.note())
		p.inside(at, f.shape)
	}
}

// inside lists the fields of what a field holds, unless they have a section of their own.
func (p *page) inside(path string, s shape) {
	switch s := s.(type) {
	case *list:
		p.inside(path+"[]", s.of)
	case *mapping:
		p.inside(path+".<name>", s.of)
	case *union:
		p.union(path, s)
	case *object:
		if s.title == "" {
			p.fields(path, s.fields)
		}
	}
}

func (p *page) union(path string, u *union) {
	for _, c := range u.cases {
		p.line("| `%s.kind` | `%s` | |", path, c.kind)
		p.inside(path, &object{fields: c.body.fields[1:]})
	}
}

// word names a type, and makes sure that what it links to is written.
func (p *page) word(s shape) string {
	switch s := s.(type) {
	case *list:
		return "list of " + p.word(s.of)
	case *mapping:
		return "object: name → " + p.word(s.of)
	case *object:
		if s.title == "" {
			break
		}
		if p.titled[s.title] == nil {
			p.titled[s.title] = s
			p.queue = append(p.queue, s)
		}
		return fmt.Sprintf("[%s](#%s)", s.title, strings.ReplaceAll(strings.ToLower(s.title), " ", "-"))
	}
	return strings.TrimPrefix(strings.TrimPrefix(s.describe(), "a "), "an ")
}

// note says what there is to know of a field beside its type.
func (f *field) note() string {
	var notes []string
	if f.required != "" {
		notes = append(notes, "required")
	}
	if f.preset != "" {
		notes = append(notes, "`"+f.preset+"` if absent")
	}
	if s, ok := f.shape.(*scalar); ok && s.how != 0 {
		notes = append(notes, [...]string{Encrypted: "secret, encrypted at rest", Hashed: "secret, hashed at rest", MaskedOnly: "secret"}[s.how])
	}
	if f.old != "" {
		notes = append(notes, "formerly `"+f.old+"`")
	}
	return strings.Join(notes, "; ")
}
