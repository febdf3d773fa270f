package server

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/test/input"
)

const (
	companyDashboards = 150
	companyWriters    = 2
	companyNames      = 8 // of each writer
	companySet        = 12
	companyStart      = 400 * time.Millisecond // after which a server is killed at the latest, in every other round
	companyLatest     = 250 * time.Millisecond // after its first answer, in the others
	handmade          = "handmade"
)

// TestKillInCompany kills the server while files are edited without pause and programs write through its API. After each death every
// document is whole; a set of documents of one file is of one version; what the API acknowledged is there, or what was on its way;
// nothing is missing and nothing in quarantine.
func TestKillInCompany(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server for each round")
	}
	for _, format := range []string{"json", "yaml"} {
		t.Run(format, func(t *testing.T) {
			k := newKilled(t, format, companyDashboards)
			k.company = newCompany(k)
			k.finish()
			for round := range (*killRounds + 1) / 2 {
				k.company.round(round)
				if dashboards, latest := k.everyDocumentIsWhole(); dashboards != companyDashboards {
					t.Errorf("%d managed dashboards are stored, want %d; %d of them as declared last", dashboards, companyDashboards, latest)
				}
				k.company.check()
				if t.Failed() {
					t.Logf("after round %d", round)
					return
				}
			}
			k.finish()
			k.company.check()
			t.Logf("%d edits, %d versions of the set, %d writes acknowledged", k.edits, k.company.version, k.company.acknowledged)
		})
	}
}

// company is what goes on around a server that is killed again and again.
type company struct {
	k                     *killed
	version, acknowledged int
	set                   map[[32]byte]int // canonical hash of each document of the set → version
	writers               []*killWriter
}

// killWriter writes documents of its own through the API.
type killWriter struct {
	company *company
	number  int
	rand    *rand.Rand
	client  *http.Client
	writes  int
	may     map[string]map[[32]byte]bool // what may be stored of each file: the zero hash stands for nothing
	count   int
}

func newCompany(k *killed) *company {
	c := &company{k: k, set: map[[32]byte]int{}}
	for n := range companyWriters {
		c.writers = append(c.writers, &killWriter{
			company: c, number: n, rand: rand.New(rand.NewPCG(7, uint64(n))), client: &http.Client{Timeout: patience}, may: map[string]map[[32]byte]bool{},
		})
	}
	project := fmt.Sprintf("kind: Project\nmetadata: {name: %s}\nspec: {}\n", handmade)
	if err := os.WriteFile(filepath.Join(k.dir, "handmade.yaml"), []byte(project), 0o644); err != nil {
		k.t.Fatal(err)
	}
	c.turn()
	return c
}

// others is how many documents the directory declares beside its dashboards and what they need: the set and a project.
func (c *company) others() int {
	if c == nil {
		return 0
	}
	return companySet + 1
}

// handmade is how many documents are stored that programs wrote.
func (c *company) handmade() int {
	if c == nil {
		return 0
	}
	stored, _ := filepath.Glob(filepath.Join(c.k.database, "dashboards", handmade, "*"))
	return len(stored)
}

// knows says whether a stored file is one of the set.
func (c *company) knows(_ string, hash [32]byte) bool { return c != nil && c.set[hash] > 0 }

// turn writes the next version of the set: documents of one file, which become visible together.
func (c *company) turn() {
	c.version++
	var all bytes.Buffer
	for n := range companySet {
		text := fmt.Sprintf("kind: Dashboard\nmetadata: {name: set-%02d, project: %s}\nspec: {display: {name: version %d}, duration: 1h}\n", n, input.Project, c.version)
		documents, problems := resource.Decode([]byte(text), resource.YAML)
		if problems.Invalid() {
			c.k.t.Errorf("the set: %v", problems)
			return
		}
		c.set[documents[0].Resource.Hash(nil)] = c.version
		all.WriteString("---\n" + text)
	}
	path := filepath.Join(c.k.dir, "set.yaml")
	if err := os.WriteFile(path+"~", all.Bytes(), 0o644); err != nil {
		c.k.t.Error(err)
	}
	if err := os.Rename(path+"~", path); err != nil {
		c.k.t.Error(err)
	}
}

// round starts a server, keeps it company, and kills it.
func (c *company) round(round int) {
	c.k.t.Helper()
	p := c.k.start()
	ctx, leave := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { c.edit(ctx) })
	answered := make(chan struct{}, companyWriters)
	for _, w := range c.writers {
		all.Go(func() { w.write(ctx, p, answered) })
	}
	latest := companyStart
	if round%2 == 1 {
		latest = companyLatest
		select {
		case <-answered:
		case <-time.After(patience):
			c.k.t.Errorf("no answer within %s: %s", patience, p.said())
		}
	}
	<-time.After(c.k.upTo(latest))
	p.kill()
	leave()
	all.Wait()
}

// edit edits files without pause.
func (c *company) edit(ctx context.Context) {
	pick := rand.New(rand.NewPCG(8, uint64(c.k.edits)))
	for ctx.Err() == nil {
		c.k.edits++
		n := pick.IntN(c.k.dashboards)
		c.k.declare(n, fmt.Sprintf("%s in edition %d", input.Name(n), c.k.edits))
		if c.k.edits%5 == 0 {
			c.turn()
		}
		<-time.After(3 * time.Millisecond)
	}
}

// write writes without pause, as soon as there is a server.
func (w *killWriter) write(ctx context.Context, p *process, answered chan<- struct{}) {
	defer w.client.CloseIdleConnections()
	base := ""
	for ctx.Err() == nil && base == "" {
		if found := servingAt.FindStringSubmatch(p.said()); found != nil {
			base = "http://" + found[1]
		} else {
			<-time.After(2 * time.Millisecond)
		}
	}
	for ctx.Err() == nil {
		if !w.writeOne(base) {
			return // it was killed
		}
		select {
		case answered <- struct{}{}:
		default:
		}
	}
}

// writeOne writes one document, and says whether there was an answer. What was acknowledged is all that may be stored from then on.
func (w *killWriter) writeOne(base string) bool {
	w.writes++
	name := fmt.Sprintf("by-%d-%d", w.number, w.rand.IntN(companyNames))
	path := base + "/api/v1/projects/" + handmade + "/dashboards"
	file := filepath.Join("dashboards", handmade, name+"."+w.company.k.format)
	before := w.may[file]
	if before == nil {
		before = map[[32]byte]bool{{}: true}
	}
	body := fmt.Appendf(nil, `{"kind":"Dashboard","metadata":{"name":%q,"project":%q},"spec":{"display":{"name":"write %d"},"duration":"1h"}}`, name, handmade, w.writes)
	documents, _ := resource.Decode(body, resource.JSON)
	next, method := documents[0].Resource.Hash(nil), http.MethodPut
	switch {
	case len(before) > 1: // the last write was cut off: whatever there is goes
		next, method = [32]byte{}, http.MethodDelete
	case before[[32]byte{}]:
		method = http.MethodPost
	case w.rand.IntN(4) == 0:
		next, method = [32]byte{}, http.MethodDelete
	}
	if method != http.MethodPost {
		path += "/" + name
	}
	w.may[file] = map[[32]byte]bool{next: true}
	for hash := range before {
		w.may[file][hash] = true
	}
	status := w.send(method, path, body)
	switch {
	case status == 0:
		return false
	case status == http.StatusOK, status == http.StatusNoContent, method == http.MethodDelete && status == http.StatusNotFound && len(before) > 1:
		w.may[file] = map[[32]byte]bool{next: true}
		w.count++
	default:
		w.company.k.t.Errorf("%s %s: %d", method, path, status)
	}
	return true
}

// send returns the status; 0 if there is no answer.
func (w *killWriter) send(method, path string, body []byte) int {
	request, err := http.NewRequest(method, path, bytes.NewReader(body))
	if err != nil {
		panic(err) // method and path are ours
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := w.client.Do(request)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

// check looks at the database while nobody has it open.
func (c *company) check() {
	c.k.t.Helper()
	c.oneVersion()
	for _, w := range c.writers {
		c.acknowledged += w.count
		w.count = 0
		for file, may := range w.may {
			hash, err := c.k.hash(filepath.Join(c.k.database, file))
			if err != nil && !os.IsNotExist(err) {
				c.k.t.Error(err)
			}
			if !may[hash] {
				c.k.t.Errorf("%s is none of the %d documents that were acknowledged last or on their way (%v)", file, len(may), err)
			}
		}
	}
	_ = filepath.WalkDir(filepath.Join(c.k.database, ".perseid", "quarantine"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			c.k.t.Errorf("in quarantine: %s", path)
		}
		return nil
	})
}

// oneVersion holds that no set is half-applied.
func (c *company) oneVersion() {
	c.k.t.Helper()
	versions := map[int]int{}
	for n := range companySet {
		file := filepath.Join(c.k.database, "dashboards", input.Project, fmt.Sprintf("set-%02d.%s", n, c.k.format))
		hash, err := c.k.hash(file)
		if err != nil {
			c.k.t.Error(err)
		}
		versions[c.set[hash]]++
	}
	if len(versions) != 1 || versions[0] > 0 {
		c.k.t.Errorf("the set is half-applied: version → documents of it: %v", versions)
	}
}
