package server

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/resource"
)

// remembered compares what history tells of each resource and each source (R22).
func (t *trial) remembered() string {
	for id, list := range t.m.past {
		history, err := t.reconciler.History(delivery.Subject{Kind: id.Kind, Project: id.Project, Name: id.Name})
		t.must(err)
		var want, got []string
		for _, p := range slices.Backward(list) {
			want = append(want, fmt.Sprintf("%d %s", p.version, p.why))
		}
		for _, v := range history.Versions {
			got = append(got, fmt.Sprintf("%d %s", v.Version, v.Why))
		}
		if _, pinned := t.m.pinned[id]; pinned && len(got) > len(want) {
			got = got[:len(want)] // then comes what it is pinned to, however old
		}
		if !slices.Equal(want, got) {
			return fmt.Sprintf("history of %s: %v, want %v", id, got, want)
		}
	}
	for _, c := range t.m.setup.sources {
		if difference := t.releases(c.name); difference != "" {
			return difference
		}
	}
	return ""
}

func (t *trial) releases(name string) string {
	history, err := t.reconciler.History(delivery.Subject{Source: name})
	t.must(err)
	var want, got []string
	mem := t.m.memory[name]
	for _, r := range slices.Backward(mem.releases) {
		want = append(want, fmt.Sprintf("%s serving %t pinned %t", r.revision, r.revision == mem.served, mem.pin != nil && mem.pin.revision == r.revision))
	}
	for _, r := range history.Releases {
		got = append(got, fmt.Sprintf("%s serving %t pinned %t", r.Revision, r.Serving, r.Pinned))
	}
	if !slices.Equal(want, got) {
		return fmt.Sprintf("releases of %s: %v, want %v", name, got, want)
	}
	return ""
}

// opens makes sure that every content of history can be returned to, and is the one that was (I3).
func (t *trial) opens() string {
	inv, err := inventory.Open(filepath.Join(t.dir, ".perseid", "inventory"), t.key)
	t.must(err)
	records := map[resource.ID][]reconcile.Record{}
	t.must(inv.Log("history").Load(func(line []byte) error {
		var r reconcile.Record
		err := json.Unmarshal(line, &r)
		records[r.ID] = append(records[r.ID], r)
		return err
	}))
	for id, list := range t.m.past {
		kept := records[id]
		for _, p := range slices.Backward(list) {
			i := len(kept) - 1
			for i >= 0 && (kept[i].Metadata.Version != p.version || kept[i].Why != p.why) {
				i-- // it tells of what was not done
			}
			if i < 0 {
				return fmt.Sprintf("I3: history has lost version %d of %s", p.version, id)
			}
			if problem := t.returns(kept[i], p); problem != "" {
				return fmt.Sprintf("I3: version %d of %s: %s", p.version, id, problem)
			}
			kept = kept[:i]
		}
	}
	return ""
}

// returns says what is wrong with the content that a record leads to.
func (t *trial) returns(r reconcile.Record, want past) string {
	data, err := t.kept.Open(r.Digest)
	if err != nil {
		return err.Error()
	}
	format, _ := resource.FormatOf(r.Path)
	problem := fmt.Sprintf("%s has no valid document %d", r.Path, r.Index+1)
	t.hashes.examiner.Examine(data, desired.Key{Format: format}, func(index int, doc *resource.Resource) {
		if index != r.Index {
			return
		}
		problem = ""
		if t.hashes.examiner.Hash(doc) != t.hashes.of(r.ID, want.content) {
			problem = fmt.Sprintf("%s holds another content, want %+v", r.Path, want.content)
		}
	})
	return problem
}
