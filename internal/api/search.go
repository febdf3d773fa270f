package api

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/perseid-dev/perseid/internal/reply"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

// maxQuery bounds what is looked for, in bytes: longer than any name.
const maxQuery = 500

// searched is a dashboard that was found (perses.md §2.9).
type searched struct {
	Metadata    *resource.Metadata `json:"metadata"`
	DisplayName string             `json:"displayName,omitempty"`
	Original    string             `json:"original,omitempty"` // what matched: the name, or the display name
	Intervals   []interval         `json:"intervals,omitempty"`
	Score       uint64             `json:"score,omitempty"`
}

// search finds dashboards by name and display name: those that match best first, and without a query all of them. It looks at what the store
// remembers of each, so what another program writes into the database is found too.
func (a *api) search(w http.ResponseWriter, r *http.Request) error {
	query, project, limit, err := a.searchQuery(r)
	if err != nil {
		return err
	}
	listing, err := a.Store.List("Dashboard", project, "")
	if err != nil {
		return err
	}
	defer listing.Close()
	entries, projects := a.readable(r, "Dashboard", listing.Entries)
	if notModified(w, r, listTag(listing.Generation, r, projects)) {
		return nil
	}
	found := searchIn(entries, query)
	if limit > 0 && len(found) > limit {
		found = found[:limit]
	}
	reply.JSON(w, http.StatusOK, found)
	return nil
}

func (a *api) searchQuery(r *http.Request) (query []rune, project string, limit int, err error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, "", 0, invalid("the query of the URL cannot be read: %v", err)
	}
	if project = q.Get("project"); project != "" {
		if err := resource.CheckName(project); err != nil {
			return nil, "", 0, invalid("the project name in the query parameter is invalid: %v", err)
		}
	}
	if text := q.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 {
			return nil, "", 0, invalid("limit: expected a number from 1, not %.20q", text)
		}
	}
	text := q.Get("query")
	if len(text) > maxQuery {
		return nil, "", 0, invalid("the query may have %d bytes", maxQuery)
	}
	return lowered(text), a.fold(project), limit, nil
}

// searchIn is never nil.
func searchIn(entries []*store.Entry, query []rune) []searched {
	found := []searched{}
	for _, e := range entries {
		hit := searched{Metadata: &e.Metadata, DisplayName: e.Display}
		if len(query) > 0 {
			for _, text := range []string{e.Metadata.Name, e.Display} {
				if score, where := match(query, text); score > hit.Score {
					hit.Score, hit.Intervals, hit.Original = score, where, text
				}
			}
			if hit.Score == 0 {
				continue
			}
		}
		found = append(found, hit)
	}
	slices.SortStableFunc(found, func(x, y searched) int { // as listed, by project and name, where all else is equal
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(len(x.Original), len(y.Original)))
	})
	return found
}
