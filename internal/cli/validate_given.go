package cli

import (
	"bytes"
	"cmp"
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

const maxGivenFile = 64 << 20 // bytes of one file or of standard input

// given is the files named on the command line, and what is in them.
type given struct {
	stdin     io.Reader
	files     map[string]source.File // by origin
	bodies    memory
	contents  map[desired.Key]*desired.Content
	documents int
	unread    problem.List
}

func newGiven(stdin io.Reader) *given {
	return &given{stdin: stdin, files: map[string]source.File{}, bodies: memory{}, contents: map[desired.Key]*desired.Content{}}
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
	if err == nil && len(data) > maxGivenFile {
		err = fmt.Errorf("larger than %d bytes", maxGivenFile)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
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

// addDirectory lists a directory once, with the source that serve follows it with.
func (g *given) addDirectory(ctx context.Context, path string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var listed *source.Snapshot
	err := dir.New(dir.Options{Name: path, Root: path, Bodies: &locked{memory: g.bodies}}).Run(ctx, func(s *source.Snapshot) {
		if listed == nil {
			listed = s
		}
		cancel()
	})
	if listed == nil {
		return fmt.Errorf("read %s: %w", path, cmp.Or(err, ctx.Err()))
	}
	for _, file := range listed.Files {
		file.Path = filepath.ToSlash(path) + "/" + file.Path
		g.keep(file)
	}
	for _, u := range listed.Unread {
		g.unread = append(g.unread, problem.Problem{
			Code: problem.CodeUnread, Severity: problem.Error, Origin: filepath.Join(path, u.Prefix), Message: u.Reason,
		})
	}
	return nil
}

// keep examines a file, unless it was named before.
func (g *given) keep(file source.File) {
	if _, known := g.files[file.Origin]; known {
		return
	}
	g.files[file.Origin] = file
	key := desired.KeyOf(file)
	if g.contents[key] == nil {
		g.contents[key] = desired.Examiner{}.Examine(g.bodies[file.Digest], key.Format, nil)
	}
	g.documents += len(g.contents[key].Documents)
}

func (g *given) content(key desired.Key) *desired.Content { return g.contents[key] }

func (g *given) formatOf(file source.File) resource.Format { return desired.KeyOf(file).Format }

func (g *given) sorted() []source.File {
	files := make([]source.File, 0, len(g.files))
	for _, file := range g.files {
		files = append(files, file)
	}
	slices.SortFunc(files, func(a, b source.File) int { return strings.Compare(a.Path, b.Path) })
	return files
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
