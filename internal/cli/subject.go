package cli

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/api"
	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// subject is what a command is about: a source, or a resource; then kind is set.
type subject struct {
	source string
	kind   *resource.Kind
	id     resource.ID
}

// subjectHelp is what the help of commands with either says.
const subjectHelp = `The first argument is a source if the server has one of that name, and a kind
otherwise; with --project it is always a kind. A kind is given by name, plural
or short name (dashboard, dashboards, dash), a resource as NAME --project P, or
as P/NAME.`

// resourceHelp is what the help of commands about a resource says.
const resourceHelp = `KIND is a name, plural or short name (dashboard, dashboards, dash). The project
of a resource that has one is given by --project, or as PROJECT/NAME.`

func addProjectFlag(cmd *cobra.Command, project *string) {
	cmd.Flags().StringVarP(project, "project", "p", "", "`NAME` of the project that the resource is in")
}

// path is where the delivery API knows the subject.
func (s subject) path() string {
	switch {
	case s.kind == nil:
		return "sources/" + url.PathEscape(s.source)
	case s.id.Project == "":
		return "resources/" + s.kind.Plural + "/" + url.PathEscape(s.id.Name)
	}
	return "resources/projects/" + url.PathEscape(s.id.Project) + "/" + s.kind.Plural + "/" + url.PathEscape(s.id.Name)
}

func (s subject) String() string {
	if s.kind == nil {
		return "source " + s.source
	}
	return s.id.String()
}

// args is how the subject is typed.
func (s subject) args() string {
	if s.kind == nil {
		return shellQuoted(s.source)
	}
	name := strings.ToLower(s.kind.Name) + " " + s.id.Name
	if s.id.Project != "" {
		name += " -p " + s.id.Project
	}
	return name
}

// resourceOf reads KIND NAME, or KIND PROJECT/NAME.
func resourceOf(kind, name, project string) (subject, error) {
	k, err := kindOf(kind)
	if err != nil {
		return subject{}, usage(err)
	}
	if before, after, ok := strings.Cut(name, "/"); ok {
		if project != "" && project != before {
			return subject{}, usage(fmt.Errorf("%s is in project %s, and --project says %s", name, before, project))
		}
		project, name = before, after
	}
	switch {
	case k.Project && project == "":
		return subject{}, usage(fmt.Errorf("a %s is in a project: say which with --project, or write PROJECT/%s", strings.ToLower(k.Name), name))
	case !k.Project && project != "":
		return subject{}, usage(fmt.Errorf("a %s is in no project: leave --project %s out", strings.ToLower(k.Name), project))
	}
	for _, word := range []string{name, cmp.Or(project, name)} {
		if err := resource.CheckName(word); err != nil {
			return subject{}, usage(fmt.Errorf("%s: %w", cmp.Or(word, "the name"), err))
		}
	}
	return subject{kind: k, id: resource.ID{Kind: k.Name, Project: project, Name: name}}, nil
}

// kindOf finds a kind by name, plural or short name, whatever the case.
func kindOf(word string) (*resource.Kind, error) {
	for _, k := range resource.Kinds() {
		is := func(name string) bool { return strings.EqualFold(name, word) }
		if is(k.Name) || is(k.Plural) || slices.ContainsFunc(k.Aliases, is) {
			return k, nil
		}
	}
	return nil, fmt.Errorf("%q is no kind: expected one of %s", word, strings.Join(kindNames(), ", "))
}

func kindNames() []string {
	var names []string
	for _, k := range resource.Kinds() {
		names = append(names, strings.ToLower(k.Name))
	}
	return names
}

// subjectOf reads SOURCE or KIND NAME off the start of args, and returns what follows.
func (c *client) subjectOf(ctx context.Context, args []string, project string) (subject, []string, error) {
	if project == "" {
		sources, err := c.sources(ctx)
		if err != nil {
			return subject{}, nil, err
		}
		if named(sources, args[0]) != nil {
			return subject{source: args[0]}, args[1:], nil
		}
		if _, err := kindOf(args[0]); err != nil {
			return subject{}, nil, fmt.Errorf("%q is no kind, and %w", args[0], noSource(sources, args[0]))
		}
	}
	if len(args) < 2 {
		return subject{}, nil, usage(fmt.Errorf("%s is a kind: the name of a resource is missing", args[0]))
	}
	s, err := resourceOf(args[0], args[1], project)
	return s, args[2:], err
}

func (c *client) sources(ctx context.Context) ([]delivery.Source, error) {
	var sources []delivery.Source
	err := c.get(ctx, deliveryAPI+"sources", nil, &sources)
	return sources, err
}

// source is the status of one source.
func (c *client) source(ctx context.Context, name string) (delivery.Source, error) {
	sources, err := c.sources(ctx)
	if err != nil {
		return delivery.Source{}, err
	}
	if s := named(sources, name); s != nil {
		return *s, nil
	}
	return delivery.Source{}, noSource(sources, name)
}

func named(sources []delivery.Source, name string) *delivery.Source {
	for i := range sources {
		if sources[i].Name == name {
			return &sources[i]
		}
	}
	return nil
}

func noSource(sources []delivery.Source, name string) error {
	var names []string
	for _, s := range sources {
		names = append(names, s.Name)
	}
	return fmt.Errorf("the server has no source %q: it has %s", name, cmp.Or(strings.Join(names, ", "), "none"))
}

// resource is where a resource comes from, and what it was before.
func (c *client) resource(ctx context.Context, s subject) (api.ResourceStatus, error) {
	var r api.ResourceStatus
	err := c.get(ctx, deliveryAPI+s.path(), nil, &r)
	if problem.ClassOf(err) == problem.NotFound {
		return r, problem.New(problem.NotFound, fmt.Sprintf("there is no %s on the server, and no source declares one", s))
	}
	return r, err
}

// shellQuoted is a word as it can be typed.
func shellQuoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_./:@%+,=-", r) || r > 0x9f
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
