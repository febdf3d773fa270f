package cli

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/source"
)

// maxShownFiles bounds the files that are read again to show where they are wrong.
const maxShownFiles = 200

// buildCheck examines the files of an artifact while they are packed, and keeps what they hold rather than their bytes.
type buildCheck struct {
	directory string
	o         buildOptions
	examiner  desired.Examiner

	mu       sync.Mutex
	contents map[desired.Key]*desired.Content
	files    map[string][]source.File // by set
}

func newBuildCheck(directory string, o buildOptions) *buildCheck {
	return &buildCheck{directory: directory, o: o, contents: map[desired.Key]*desired.Content{}, files: map[string][]source.File{}}
}

// see examines a file. It is safe for concurrent use.
func (c *buildCheck) see(f source.File, data []byte) {
	if c.o.noValidate {
		return
	}
	key := desired.KeyOf(f)
	content := c.examiner.Examine(data, key, nil)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.contents[key] = content
	set := "."
	if first, _, nested := strings.Cut(f.Path, "/"); nested && c.o.environments {
		set = first
	}
	f.Origin = filepath.Join(c.directory, f.Path)
	f.Path = filepath.ToSlash(f.Origin)
	c.files[set] = append(c.files[set], f)
}

// verdict says how many documents there are and what warnings they deserve. With errors, which it shows, it fails.
func (c *buildCheck) verdict(e Env) (documents int, warnings problem.List, err error) {
	var problems problem.List
	all := newGiven(nil)
	for _, set := range slices.Sorted(maps.Keys(c.files)) {
		g := newGiven(nil)
		g.contents, g.order = c.contents, c.files[set]
		for _, f := range g.order {
			g.files[f.Origin], all.files[f.Origin] = f, f
			documents += len(c.contents[desired.KeyOf(f)].Documents)
		}
		decided := g.alone(validateOptions{})
		g.readWrong(decided)
		problems = append(problems, g.checkSet(decided).Problems...)
		maps.Copy(all.bodies, g.bodies)
	}
	c.advise(problems)
	if problems.Invalid() {
		return documents, nil, refuseBuild(e, problems, all.excerptOf())
	}
	printProblems(e.Stderr, e.paintFor(e.Stderr), problems, all.excerptOf())
	return documents, problems, nil
}

// readWrong reads the files again that something is wrong with, to show where. A file that has changed is not shown.
func (g *given) readWrong(set *desired.Set) {
	for _, row := range set.Rows {
		f := g.files[row.Origin]
		if len(row.Problems) == 0 || g.bodies[f.Digest] != nil || len(g.bodies) >= maxShownFiles {
			continue
		}
		if data, err := os.ReadFile(row.Origin); err == nil && source.DigestOf(data) == f.Digest {
			g.bodies[f.Digest] = data
		}
	}
}

// advise tells of --environments where the same resources in several directories look like them.
func (c *buildCheck) advise(problems problem.List) {
	i := slices.IndexFunc(problems, func(p problem.Problem) bool { return p.Code == problem.CodeDuplicate })
	if i >= 0 && !c.o.environments {
		problems[i].Hint += "; if each first-level directory is served alone, build with --environments"
	}
}
