package oci

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/source"
)

const memoryFormat = 1

// memory is what outlives a restart: the version that was read last, whose files are in the bodies.
type memory struct {
	Format     int     `json:"format"`
	Repository string  `json:"repository"`
	Last       *pulled `json:"last"`
}

// remember saves the last version. Failing to costs a pull after a restart, and is not worth more than a line in the log.
func (p *poller) remember() {
	if p.o.Memory == nil {
		return
	}
	data, err := json.Marshal(memory{memoryFormat, p.repo.Name(), p.last})
	if err == nil {
		err = p.o.Memory.Save(data)
	}
	if err != nil {
		p.o.Log.Warn("what was pulled is not remembered", "source", p.o.Name, "error", err)
	}
}

// recall takes the remembered version for the last one if it is still what would be read, and all of it is there.
func (p *poller) recall() {
	if p.o.Memory == nil {
		return
	}
	data, err := p.o.Memory.Load()
	if err != nil || len(data) == 0 {
		return
	}
	var m memory
	if json.Unmarshal(data, &m) != nil || m.Format != memoryFormat || m.Last == nil || m.Repository != p.repo.Name() || m.Last.Path != p.o.Path {
		return
	}
	if !m.Last.Indexed && p.o.RequireIndex {
		return
	}
	if slices.ContainsFunc(m.Last.Files, func(f source.File) bool { return !p.o.Bodies.Has(f.Digest) }) {
		return
	}
	p.last = m.Last
}

// snapshot is the last version as it is handed over.
func (p *poller) snapshot(at named) *source.Snapshot {
	g := p.last
	s := &source.Snapshot{
		Source: p.o.Name, At: time.Now(), Revision: at.Digest.String(), Version: g.named(at.tag),
		Provenance: source.Provenance{Author: g.Author, Commit: g.Commit, Key: g.trusted.by},
		Files:      slices.Clone(g.Files), Notes: slices.Clone(g.Notes), Complete: true, Settled: true,
	}
	origin := p.repo.Name() + "@" + at.Digest.String() + ":" + prefixOf(p.o.Path)
	for i := range s.Files {
		s.Files[i].Origin = origin + s.Files[i].Path
	}
	if note := g.trusted.note; note != "" {
		s.Notes = append(s.Notes, source.Unread{Reason: note})
	}
	return s
}

// named is the version: what the artifact says, unless it was found by a tag that is a version itself. A tag that moves names no release.
func (g *pulled) named(tag string) string {
	if registry.IsVersion(tag) {
		return tag
	}
	return cmp.Or(g.Version, tag)
}
