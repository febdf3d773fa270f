package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/source/dir"
)

const maxGivenFile = dir.MaxFileSize // bytes of one file or of standard input, as for serve

// given is the files named on the command line, and what is in them.
type given struct {
	stdin     io.Reader
	examiner  desired.Examiner
	files     map[string]source.File // by origin
	order     []source.File          // as they were named
	sources   []desired.Source       // one for each path
	bodies    memory
	contents  map[desired.Key]*desired.Content
	documents int
	unread    problem.List
	places    *resource.Places // of the file placed
	placed    string
}

func newGiven(stdin io.Reader) *given {
	return &given{stdin: stdin, files: map[string]source.File{}, bodies: memory{}, contents: map[desired.Key]*desired.Content{}}
}

// readGiven reads the files that are named.
func readGiven(ctx context.Context, e Env, x desired.Examiner, paths []string) (*given, error) {
	g := newGiven(e.Stdin)
	g.examiner = x
	for i, path := range paths {
		if slices.Contains(paths[:i], path) {
			continue
		}
		before := len(g.order)
		if err := g.add(ctx, path); err != nil {
			return nil, err
		}
		g.sources = append(g.sources, desired.Source{Name: path, Files: byPath(g.order[before:])})
	}
	return g, nil
}

// add reads a file, a directory or ("-") standard input.
func (g *given) add(ctx context.Context, path string) error {
	if path == "-" {
		return g.addStdin()
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("read %w", err)
	}
	if info.IsDir() {
		return g.addDirectory(ctx, filepath.Clean(path))
	}
	if _, ok := resource.FormatOf(path); !ok {
		return usage(fmt.Errorf("%s: expected a file that ends in .json, .yaml or .yml, a directory or -", path))
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read %w", err)
	}
	defer file.Close()
	return g.addReader(file, filepath.Clean(path))
}

func (g *given) addReader(r io.Reader, name string) error {
	data, err := io.ReadAll(io.LimitReader(r, maxGivenFile+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if len(data) > maxGivenFile {
		g.miss(name, dir.ErrTooLarge.Error())
		return nil
	}
	digest := source.DigestOf(data)
	g.bodies[digest] = data
	g.keep(source.File{Path: filepath.ToSlash(name), Origin: name, Digest: digest, Size: int64(len(data))})
	return nil
}

// addStdin takes JSON for what starts like it, and YAML for the rest.
func (g *given) addStdin() error {
	data, err := io.ReadAll(io.LimitReader(g.stdin, maxGivenFile+1))
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	name := "stdin.yaml"
	if start := bytes.TrimLeft(data, " \t\r\n"); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		name = "stdin.json"
	}
	return g.addReader(bytes.NewReader(data), name)
}

// addDirectory lists a directory once, as the source does that serve follows it with, whatever its index says.
func (g *given) addDirectory(ctx context.Context, path string) error {
	listed := dir.List(ctx, dir.Options{Name: path, Root: path, Bodies: &locked{memory: g.bodies}})
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	for _, file := range listed.Files {
		file.Path = filepath.ToSlash(path) + "/" + file.Path
		g.keep(file)
	}
	for _, u := range listed.Unread {
		g.miss(filepath.Join(path, u.Prefix), u.Reason)
	}
	return nil
}

// miss notes what could not be read.
func (g *given) miss(origin, why string) {
	g.unread = append(g.unread, problem.Problem{Code: problem.CodeUnread, Severity: problem.Error, Origin: origin, Message: why})
}

// keep examines a file, unless it was named before.
func (g *given) keep(file source.File) {
	if _, known := g.files[file.Origin]; known {
		return
	}
	g.files[file.Origin] = file
	g.order = append(g.order, file)
	key := desired.KeyOf(file)
	if g.contents[key] == nil {
		g.contents[key] = g.examiner.Examine(g.bodies[file.Digest], key, nil)
	}
	g.documents += len(g.contents[key].Documents)
}

func (g *given) content(key desired.Key) *desired.Content { return g.contents[key] }

// placesOf knows where things stand in the file of an origin.
func (g *given) placesOf(origin string) *resource.Places {
	if g.places == nil || g.placed != origin { // rows come file by file
		file := g.files[origin]
		g.places, g.placed = resource.NewPlaces(g.bodies[file.Digest], desired.KeyOf(file).Format), origin
	}
	return g.places
}

func (g *given) sorted() []source.File { return byPath(g.order) }

func byPath(files []source.File) []source.File {
	return slices.SortedFunc(slices.Values(files), func(a, b source.File) int { return strings.Compare(a.Path, b.Path) })
}

// excerptOf shows lines of files, but none of a file that speaks of a kind with secrets.
func (g *given) excerptOf() func(problem.Problem) string {
	secret := secretKinds()
	return func(p problem.Problem) string {
		data := g.bodies[g.files[p.Origin].Digest]
		if secret.Match(data) {
			return ""
		}
		return lineAt(data, p.Line)
	}
}

// secretKinds finds a kind that holds secrets in text that may not even be decodable. It finds too much rather than too little.
func secretKinds() *regexp.Regexp {
	var names []string
	for _, k := range resource.Kinds() {
		if k.Secret {
			names = append(names, k.Name)
		}
	}
	return regexp.MustCompile(`(?is)kind.{0,60}(` + strings.Join(names, "|") + `)`)
}
