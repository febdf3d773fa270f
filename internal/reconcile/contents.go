package reconcile

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/objects"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// decodedBytes bounds the canonical documents that are kept between being examined and being applied, so that a first load decodes
// each document once. What does not fit is decoded again from the objects.
const decodedBytes = 64 << 20

// contents is the cache of what each digest was found to be (R6).
type contents struct {
	examiner desired.Examiner
	objects  source.Bodies
	memory   inventory.Memory
	// valid names the circumstances under which hashes and findings hold: case mode, key, canonical form.
	valid string
	known map[desired.Key]*desired.Content
	dirty bool

	mu      sync.Mutex // guards known and dirty while many examine
	decoded *objects.Shelf[document]
}

// document is one document of a file.
type document struct {
	key   desired.Key
	index int
}

// savedContent is one line of the persisted cache.
type savedContent struct {
	Digest  source.Digest    `json:"digest"`
	Format  resource.Format  `json:"format"`
	Project string           `json:"project,omitempty"`
	Content *desired.Content `json:"content"`
}

type savedContents struct {
	Valid    string         `json:"valid"`
	Contents []savedContent `json:"contents"`
}

func newContents(x desired.Examiner, bodies source.Bodies, memory inventory.Memory, valid string) (*contents, error) {
	decoded, err := objects.NewShelf[document](decodedBytes)
	if err != nil {
		return nil, err
	}
	c := &contents{
		examiner: x, objects: bodies, memory: memory, valid: valid,
		known: map[desired.Key]*desired.Content{}, decoded: decoded,
	}
	var saved savedContents
	if err := memory.LoadJSON(&saved); err == nil && saved.Valid == valid { // a cache: what cannot be read is made again
		for _, s := range saved.Contents {
			c.known[desired.Key{Digest: s.Digest, Format: s.Format, Project: s.Project}] = s.Content
		}
	}
	return c, nil
}

// get is desired.Input's Contents.
func (c *contents) get(k desired.Key) *desired.Content { return c.known[k] }

// fill examines every file whose content is not known, and forgets what no file has.
func (c *contents) fill(sources []desired.Source) {
	wanted := map[desired.Key]bool{}
	var missing []source.File
	for _, src := range sources {
		for _, f := range src.Files {
			k := desired.KeyOf(f)
			if !wanted[k] && c.known[k] == nil {
				missing = append(missing, f)
			}
			wanted[k] = true
		}
	}
	c.examineAll(missing)
	for k := range c.known {
		if !wanted[k] {
			delete(c.known, k)
			c.dirty = true
		}
	}
}

// lookup is the content of one file that may not be any source's.
func (c *contents) lookup(f source.File) *desired.Content {
	if known := c.get(desired.KeyOf(f)); known != nil {
		return known
	}
	return c.examine(f)
}

func (c *contents) examineAll(files []source.File) {
	var wg sync.WaitGroup
	next := make(chan source.File)
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		wg.Go(func() {
			for f := range next {
				content := c.examine(f)
				c.mu.Lock()
				c.known[desired.KeyOf(f)], c.dirty = content, true
				c.mu.Unlock()
			}
		})
	}
	for _, f := range files {
		next <- f
	}
	close(next)
	wg.Wait()
}

func (c *contents) examine(f source.File) *desired.Content {
	data, err := c.objects.Open(f.Digest)
	if err != nil {
		return &desired.Content{Problems: problem.List{{
			Code: problem.CodeUnread, Severity: problem.Error,
			Message: "its bytes are not among the kept objects: " + err.Error(),
			Hint:    "run a full reconcile, which reads every file again",
		}}}
	}
	k := desired.KeyOf(f)
	return c.examiner.Examine(data, k, func(index int, r *resource.Resource) {
		c.keep(document{k, index}, r)
	})
}

// keep holds on to a decoded document for the load that probably follows. Secrets are not kept.
func (c *contents) keep(d document, r *resource.Resource) {
	if r.Kind.Secret {
		return
	}
	c.decoded.Put(d, r.JSON())
}

// load decodes a candidate's document, for applying.
func (c *contents) load(cand *desired.Candidate) (*resource.Resource, error) {
	d := document{cand.Key(), cand.Index}
	if body := c.decoded.Get(d); body != nil {
		kind, err := resource.KindByName(cand.ID.Kind)
		if err != nil {
			return nil, err
		}
		return resource.DecodeStored(body, resource.JSON, kind)
	}
	return c.decode(d, cand)
}

func (c *contents) decode(d document, cand *desired.Candidate) (*resource.Resource, error) {
	data, err := c.objects.Open(cand.Digest)
	if err != nil {
		return nil, fmt.Errorf("load %s from %s: %w", cand.ID, cand.Origin, err)
	}
	var found *resource.Resource
	d.key.Project = cand.ID.Project // of a document that names none
	c.examiner.Examine(data, d.key, func(index int, r *resource.Resource) {
		if index == d.index {
			found = r
		}
	})
	if found == nil {
		return nil, fmt.Errorf("load %s from %s: document %d is no longer valid", cand.ID, cand.Origin, d.index+1)
	}
	return found, nil
}

// largeLoad is how many bytes of documents make a load worth giving its memory back to the system.
const largeLoad = 8 << 20

// settle drops decoded documents once they are applied.
func (c *contents) settle() {
	large := c.decoded.Size() > largeLoad
	c.decoded.Clear()
	if large {
		debug.FreeOSMemory()
	}
}

// save persists the cache if it changed.
func (c *contents) save() error {
	if !c.dirty {
		return nil
	}
	saved := savedContents{Valid: c.valid}
	for k, content := range c.known {
		saved.Contents = append(saved.Contents, savedContent{k.Digest, k.Format, k.Project, content})
	}
	data, err := json.Marshal(saved)
	if err != nil {
		return fmt.Errorf("save contents: %w", err)
	}
	c.dirty = false
	return c.memory.Save(data)
}
