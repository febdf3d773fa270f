package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

// removeProject deletes a project and everything in it, in one transaction, ephemeral dashboards included (perses.md §2.6).
// A project that is managed, or holds anything that is, stays whole (R17).
func (a *api) removeProject(c *call) error {
	a.rest.Lock()
	defer a.rest.Unlock()
	var changed *store.ChangedError
	for range attempts {
		all, err := a.projectAndContents(c.name)
		if err != nil {
			return err
		}
		if err := a.mayRemoveAll(c, all); err != nil {
			return err
		}
		_, err = a.Store.Commit(deletion(all))
		if !errors.As(err, &changed) {
			return err
		}
	}
	return errMoved
}

// projectAndContents lists what a project holds, then the project itself: its contents are to go first. It looks at the disk, because what
// another program wrote there a moment ago would be left without a project.
func (a *api) projectAndContents(name string) ([]*store.Entry, error) {
	project, err := a.Store.Get(resource.ID{Kind: "Project", Name: name})
	if err != nil {
		return nil, err
	}
	stored, err := a.Store.All()
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(stored, func(e *store.Entry) bool { return e.ID.Project != project.ID.Name })
	slices.SortFunc(all, func(a, b *store.Entry) int { return b.ID.Compare(a.ID) })
	return append(all, project), nil
}

func deletion(entries []*store.Entry) store.Transaction {
	var t store.Transaction
	for _, e := range entries {
		t.Deletes = append(t.Deletes, store.Delete{ID: e.ID, Before: e.Hash})
	}
	return t
}

// mayRemoveAll decides the deletion of a project; it is the last of the entries.
func (a *api) mayRemoveAll(c *call, entries []*store.Entry) error {
	contents, project := entries[:len(entries)-1], entries[len(entries)-1]
	if err := a.mayRemove(c.r, project); err != nil {
		return err
	}
	if !a.Protect {
		return nil
	}
	counts := make(map[string]int)
	for _, e := range contents {
		if owner := a.owner(e); owner != nil {
			counts[owner.Source]++
		}
	}
	if len(counts) == 0 {
		return nil
	}
	return problem.New(problem.Forbidden, fmt.Sprintf("%s holds managed resources: %s", project.ID, countsBySource(counts)))
}

func countsBySource(counts map[string]int) string {
	var parts []string
	for source, n := range counts {
		parts = append(parts, fmt.Sprintf("%d of %s", n, source))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
