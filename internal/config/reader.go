package config

import (
	"errors"
	"io/fs"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/perseid-dev/perseid/internal/problem"
)

// place is where a setting was given.
type place struct {
	origin       string
	line, column int
}

// reader fills one Config and remembers where each setting came from and what is wrong.
type reader struct {
	config   *Config
	places   map[string]place // by path, such as provisioning.folders[0]
	nodes    int              // decoded so far
	problems problem.List
}

func newReader(c *Config) *reader {
	return &reader{config: c, places: make(map[string]place)}
}

// add reports a problem at the place where path, or its nearest parent, was given.
func (r *reader) add(severity problem.Severity, code problem.Code, path, message, hint string) {
	p := r.placeOf(path)
	r.problems = append(r.problems, problem.Problem{
		Code: code, Severity: severity, Origin: p.origin, Line: p.line, Column: p.column, Path: path, Message: message, Hint: hint,
	})
}

func (r *reader) fail(code problem.Code, path, message, hint string) {
	r.add(problem.Error, code, path, message, hint)
}

func (r *reader) placeOf(path string) place {
	for p := path; p != ""; p = parentOf(p) {
		if at, ok := r.places[p]; ok {
			return at
		}
	}
	return r.places[""]
}

func parentOf(path string) string {
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == '.' || path[i] == '[' {
			return path[:i]
		}
	}
	return ""
}

// readFile says whether the file could be read and parsed; without it, nothing else about the configuration is worth saying.
func (r *reader) readFile(name string) bool {
	r.places[""] = place{origin: name}
	data, err := readBounded(name)
	if err != nil {
		r.fail(problem.CodeUnread, "", "read configuration: "+reason(err), "")
		return false
	}
	return r.readYAML(name, data)
}

// reason says why a file could not be read, without naming it again.
func reason(err error) string {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

func (r *reader) readYAML(name string, data []byte) bool {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		line, text := syntaxError(err)
		r.problems = append(r.problems, problem.Problem{
			Code: problem.CodeSyntax, Severity: problem.Error, Origin: name, Line: line, Column: min(line, 1), Message: text,
		})
		return false
	}
	if len(document.Content) == 1 {
		r.decode(origin{name, document.Content[0]}, rootOf(r.config), "")
	}
	r.places[""] = place{origin: name}
	return true
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

func syntaxError(err error) (line int, text string) {
	found := yamlLine.FindStringSubmatch(err.Error())
	line, _ = strconv.Atoi(found[1])
	return line, "parse YAML: " + err.Error()[len(found[0]):]
}
