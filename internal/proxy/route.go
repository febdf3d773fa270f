package proxy

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/perseid-dev/perseid/internal/resource"
)

// Root is the path below Options.Prefix that the proxy answers, with all that follows it.
const Root = "/proxy/"

// route is what a path asks for. Names are decoded, and lower-cased where the database is case-insensitive.
type route struct {
	unsaved   bool
	global    bool
	project   string
	dashboard string // of a datasource that is part of one
	name      string // of the datasource
	rest      string // of the path, still encoded: "" or from a slash on
}

// route reads a path; false for one that nothing answers. The path is taken as it was sent: an encoded slash is no separator.
func (p *Proxy) route(r *http.Request) (way route, ok bool) {
	path, ok := strings.CutPrefix(asSent(r.URL), p.Prefix+Root)
	if !ok {
		return way, false
	}
	s := &segments{rest: "/" + path}
	way.unsaved = s.literal("unsaved")
	switch {
	case s.literal("globaldatasources"):
		way.global = true
	case s.literal("projects"):
		way.project = p.fold(s.name())
		if s.literal("dashboards") {
			way.dashboard = p.fold(s.name())
		}
		s.wrong = s.wrong || !s.literal("datasources")
	default:
		return way, false
	}
	if !way.unsaved {
		way.name = s.name()
	}
	if way.dashboard == "" {
		way.name = p.fold(way.name) // in a dashboard it is a key, whose case counts
	}
	way.rest = s.rest
	return way, !s.wrong && p.served(way)
}

// asSent is the path as it was sent. EscapedPath would encode one anew that has a character in it that should have been encoded.
func asSent(u *url.URL) string {
	if u.RawPath != "" {
		return u.RawPath
	}
	return u.EscapedPath()
}

// served says whether the configuration leaves datasources of this sort on.
func (p *Proxy) served(way route) bool {
	if way.dashboard != "" {
		return !p.NoLocalSources
	}
	return !p.Disabled[way.kind()]
}

func (p *Proxy) fold(name string) string {
	if p.CaseSensitive {
		return name
	}
	return strings.ToLower(name)
}

// segments takes an encoded path apart from its start. What is left of it is empty or begins with a slash.
type segments struct {
	rest  string
	wrong bool
}

// next is the next segment, and what follows it.
func (s *segments) next() (segment, rest string) {
	if s.rest == "" {
		return "", ""
	}
	if end := strings.IndexByte(s.rest[1:], '/'); end >= 0 {
		return s.rest[1 : 1+end], s.rest[1+end:]
	}
	return s.rest[1:], ""
}

// literal takes the next segment if it is the one.
func (s *segments) literal(want string) bool {
	segment, rest := s.next()
	if segment != want {
		return false
	}
	s.rest = rest
	return true
}

// name takes the next segment, decoded. It must not be empty.
func (s *segments) name() string {
	segment, rest := s.next()
	s.rest = rest
	name, err := url.PathUnescape(segment)
	s.wrong = s.wrong || err != nil || name == ""
	return name
}

// kind is that of the datasource, as permissions know it.
func (way route) kind() string {
	if way.global {
		return "GlobalDatasource"
	}
	return "Datasource"
}

// secret is the identity of the secret of a name that the datasource may use.
func (way route) secret(name string) resource.ID {
	if way.global {
		return resource.ID{Kind: "GlobalSecret", Name: name}
	}
	return resource.ID{Kind: "Secret", Project: way.project, Name: name}
}

// key tells datasources apart.
func (way route) key() string { return way.project + "/" + way.dashboard + "/" + way.name }

// pattern is the route in the words of Perses, for metrics.
func (way route) pattern() string {
	path := Root
	if way.unsaved {
		path += "unsaved/"
	}
	switch {
	case way.global:
		path += "globaldatasources"
	case way.dashboard != "":
		path += "projects/:project/dashboards/:dashboard/datasources"
	default:
		path += "projects/:project/datasources"
	}
	if !way.unsaved {
		path += "/:name"
	}
	return path + "/*"
}
