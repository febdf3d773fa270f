package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Report is what Check found.
type Report struct {
	Documents int          `json:"documents" yaml:"documents"` // readable
	Managed   int          `json:"managed" yaml:"managed"`     // of them with an owner mark, as far as the index says
	Problems  problem.List `json:"problems" yaml:"problems"`   // errors for what cannot be read, warnings for the rest; Origin is the path in the database
}

// Check reads every document of a database, and our own state, and changes nothing. It needs no lock, so under a running
// server it may see a write on its way. The error is for a directory that cannot be read at all.
func Check(dir string, o Options) (Report, error) {
	o.Dir = dir
	c, err := checkDocuments(o)
	if err != nil {
		return Report{}, fmt.Errorf("check database %s: %w", dir, err)
	}
	c.state()
	sortProblems(c.report.Problems)
	return c.report, nil
}

// checkDocuments looks at everything but our own state.
func checkDocuments(o Options) (*checker, error) {
	s, err := newStore(o.withDefaults())
	if err != nil {
		return nil, err
	}
	c := &checker{Store: s, prints: map[resource.ID]fingerprint{}}
	return c, filepath.WalkDir(s.root, c.visit)
}

type checker struct {
	*Store
	report Report
	prints map[resource.ID]fingerprint
	faults []defect // those of documents
}

func (c *checker) warn(path, message, hint string) {
	c.report.Problems = append(c.report.Problems, problem.Problem{
		Code: problem.CodeUnread, Severity: problem.Warning, Origin: path, Message: message, Hint: hint})
}

func (c *checker) fail(path, why string) {
	c.report.Problems = append(c.report.Problems, unreadable(path, why))
}

func (c *checker) visit(path string, d fs.DirEntry, err error) error {
	if path == c.root {
		return err
	}
	name, relErr := filepath.Rel(c.root, path)
	switch {
	case relErr != nil:
		return relErr
	case err != nil:
		c.fail(name, bare(err).Error())
		return nil
	case name == stateDir:
		return fs.SkipDir
	}
	if d.IsDir() {
		return c.directory(name, d)
	}
	if parts := strings.Split(name, string(filepath.Separator)); len(parts) == 2 {
		if k, ok := resource.KindByPlural(parts[0]); ok && k.Project && c.isDirectory(k, d) {
			return c.linked(path, k, parts[1])
		}
	}
	c.file(path, name, d)
	return nil
}

// directory accepts <plural> and, for project kinds, <plural>/<project>.
func (c *checker) directory(name string, d fs.DirEntry) error {
	parts := strings.Split(name, string(filepath.Separator))
	k, known := resource.KindByPlural(parts[0])
	switch {
	case !known:
		c.warn(name, "no kind is stored here", "move it out of the database")
		return fs.SkipDir
	case len(parts) > 2 || len(parts) == 2 && !k.Project:
		c.warn(name, "a directory nested too deep: what is in it is not served", "move its documents up")
		c.mendable(name, displaced, "nested too deep")
		return fs.SkipDir
	case len(parts) == 2 && !c.sensitive && strings.ToLower(parts[1]) != parts[1]:
		c.warn(name, "upper-case letters in a case-insensitive database: what is in it is not served", "rename it to "+strings.ToLower(parts[1]))
		c.mendable(name, displaced, "upper-case letters")
		return fs.SkipDir
	}
	c.mode(name, d, dirMode)
	return nil
}

// linked reads a project's directory that is a link, into which a walk does not go.
func (c *checker) linked(path string, k *resource.Kind, project string) error {
	listed, err := readDir(path)
	for _, d := range listed {
		if !d.IsDir() {
			c.file(filepath.Join(path, d.Name()), filepath.Join(k.Plural, project, d.Name()), d)
		}
	}
	return err
}

func (c *checker) file(path, name string, d fs.DirEntry) {
	parts := strings.Split(name, string(filepath.Separator))
	k, known := resource.KindByPlural(parts[0])
	project, file := "", parts[len(parts)-1]
	if len(parts) == 3 {
		project = parts[1]
	}
	if !known || k.Project != (len(parts) == 3) {
		c.warn(name, "not where a document lies: it is not served", "expected <plural>/<project>/<name>."+c.extension+", without <project> for global kinds")
		c.mendable(name, misplaced, "not where a document lies")
		return
	}
	id, ok := c.identify(k, project, file)
	switch {
	case !ok && !strings.HasSuffix(file, "."+c.extension):
		c.warn(name, "not a ."+c.extension+" file: it is not served", "move it out of the database, or set database.file.extension")
		c.mendable(name, misplaced, "not a ."+c.extension+" file")
	case !ok:
		c.warn(name, "its name cannot be that of a document here: it is not served", "rename it to "+strings.ToLower(file))
		c.mendable(name, misplaced, "not the name of a document here")
	case !d.Type().IsRegular():
		c.fail(name, errNotRegular.Error())
		c.mendable(name, illegible, errNotRegular.Error())
	default:
		c.mode(name, d, fileMode)
		c.document(path, name, id)
	}
}

func (c *checker) document(path, name string, id resource.ID) {
	data, print, err := readFile(path)
	if err != nil {
		c.fail(name, clip(bare(err).Error()))
		return
	}
	if _, err = c.decode(id, data); err != nil {
		c.fail(name, clip(err.Error()))
		c.mendable(name, illegible, clip(err.Error()))
		return
	}
	c.report.Documents++
	c.prints[id] = print
}

func (c *checker) mode(name string, d fs.DirEntry, most fs.FileMode) {
	info, err := d.Info()
	if err == nil && info.Mode().Perm()&^most != 0 {
		c.warn(name, fmt.Sprintf("mode %04o lets others in", info.Mode().Perm()), fmt.Sprintf("Perses gives it %04o", most))
		c.faults = append(c.faults, defect{path: name, flaw: exposed, why: "others may get at it", modes: most})
	}
}

// state looks at index, journal and stage.
func (c *checker) state() {
	x, err := loadIndex(c.Store.state(indexFile))
	if err != nil {
		c.fail(filepath.Join(stateDir, indexFile), err.Error())
		return
	}
	if err := c.adopt(x); err != nil {
		c.fail(filepath.Join(stateDir, indexFile), err.Error())
	}
	c.index(x)
	c.journaled(x.Generation)
	if left, err := os.ReadDir(c.Store.state(stageDir)); err == nil && len(left) > 0 {
		c.warn(filepath.Join(stateDir, stageDir), fmt.Sprintf("%d staged files of a write that runs now or was cut off", len(left)), "the next start finishes or clears them")
	}
}

// index counts what the next start must look at.
func (c *checker) index(x *index) {
	stale := 0
	for id, e := range x.entries {
		print, there := c.prints[id]
		if there && e.Mark != nil {
			c.report.Managed++
		}
		if print != e.print {
			stale++
		}
	}
	if stale > 0 && !c.reformed {
		c.warn(filepath.Join(stateDir, indexFile), fmt.Sprintf("%d files are not as the index knows them", stale), "the next start reads them anew")
	}
	if c.reformed {
		c.warn(filepath.Join(stateDir, indexFile), "written with another extension, case mode or canonical form", "the next start reads every document anew")
	}
}

func (c *checker) journaled(base uint64) {
	name := filepath.Join(stateDir, journalFile)
	data, err := os.ReadFile(c.Store.state(journalFile))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		c.fail(name, bare(err).Error())
		return
	}
	records, whole := readRecords(data)
	since := 0
	for _, r := range records {
		if r.Generation > base {
			since++
		}
	}
	if since > 0 {
		c.warn(name, fmt.Sprintf("%d transactions since the index was written", since), "the next start takes them over")
	}
	if whole < len(data) {
		c.warn(name, fmt.Sprintf("%d bytes of a record that was not written whole", len(data)-whole), "the next start cuts them off")
	}
}

func unreadable(path, why string) problem.Problem {
	return problem.Problem{Code: problem.CodeUnread, Severity: problem.Error, Origin: path, Message: why,
		Hint: "correct or remove the file, or write the document again; its bytes are then kept in " + stateDir + "/" + quarantineDir + ", where 'perseid db repair' puts them too"}
}

func sortProblems(list problem.List) {
	slices.SortFunc(list, func(a, b problem.Problem) int { return strings.Compare(a.Origin, b.Origin) })
}
