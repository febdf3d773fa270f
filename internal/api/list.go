package api

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

// listBuffer is how many bytes of a list are gathered before they are sent.
const listBuffer = 32 << 10

// filter is what the query asks of a list (perses.md §2.4).
type filter struct {
	project, name string
	metadataOnly  bool
	plugin        string // of datasources
	isDefault     *bool  // of datasources
}

// list answers with the documents of a kind, without ever holding all of them.
func (a *api) list(c *call) error {
	root := c.kind.Project && !c.nested
	if a.Authorize == nil || !root {
		if err := a.admit(c); err != nil {
			return err
		}
	}
	f, err := a.filter(c)
	if err != nil {
		return err
	}
	listing, err := a.Store.List(c.kind.Name, f.project, f.name)
	if err != nil {
		return err
	}
	defer listing.Close()
	entries, projects := f.choose(listing.Entries), []string(nil)
	if root {
		entries, projects = a.readable(c.r, c.kind.Name, entries)
	}
	if notModified(c.w, c.r, listTag(listing.Generation, c.r, projects)) {
		return nil
	}
	if c.r.Method == http.MethodHead {
		c.w.Header().Set("Content-Type", "application/json")
		return nil // there is no need to read what will not be sent
	}
	return writeList(c.w, entries, f.body(c.kind, listing))
}

// filter reads the query. Datasources have no metadata_only, and they alone have kind and default.
func (a *api) filter(c *call) (filter, error) {
	q, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return filter{}, invalid("the query of the URL cannot be read, and a filter is not to be guessed: %v", err)
	}
	f := filter{project: c.project, name: a.fold(q.Get("name"))}
	if err := a.projectParameter(c, q, &f); err != nil {
		return f, err
	}
	if !isDatasource(c.kind) {
		only, err := boolParameter(q, "metadata_only")
		f.metadataOnly = only != nil && *only
		return f, err
	}
	f.plugin = q.Get("kind")
	f.isDefault, err = boolParameter(q, "default")
	return f, err
}

func isDatasource(k *resource.Kind) bool {
	return k.Name == "Datasource" || k.Name == "GlobalDatasource"
}

// projectParameter takes the project of the query, which must not differ from that of the path.
func (a *api) projectParameter(c *call, q url.Values, f *filter) error {
	value := q.Get("project")
	if !c.kind.Project || value == "" {
		return nil
	}
	if err := resource.CheckName(value); err != nil {
		return invalid("the project name in the query parameter is invalid: %v", err)
	}
	f.project = a.fold(value)
	if c.nested && f.project != c.project {
		return invalid("the project name in the path (%s) and the project name in the query parameter (%s) are different", c.project, f.project)
	}
	return nil
}

func boolParameter(q url.Values, name string) (*bool, error) {
	text := q.Get(name)
	if text == "" {
		return nil, nil
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		return nil, invalid("code=400, message=%v, internal=%v", err, err)
	}
	return &value, nil
}

// choose keeps the entries that match what the store does not filter by.
func (f filter) choose(entries []*store.Entry) []*store.Entry {
	if f.plugin == "" && f.isDefault == nil {
		return entries
	}
	var chosen []*store.Entry
	for _, e := range entries {
		if (f.plugin == "" || e.Plugin == f.plugin) && (f.isDefault == nil || e.Default == *f.isDefault) {
			chosen = append(chosen, e)
		}
	}
	return chosen
}

// readable keeps the entries of projects that the caller may read, and names these projects, where that makes a difference. Entries of a kind
// that is in projects, sorted by these.
func (a *api) readable(r *http.Request, kind string, entries []*store.Entry) (kept []*store.Entry, projects []string) {
	if a.Authorize == nil {
		return entries, nil
	}
	allowed := make(map[string]bool)
	for _, e := range entries {
		project := e.ID.Project
		may, asked := allowed[project]
		if !asked {
			may = a.authorize(r, "read", kind, project) == nil
			allowed[project] = may
			if may {
				projects = append(projects, project)
			}
		}
		if may {
			kept = append(kept, e)
		}
	}
	return kept, projects
}

// body is how an entry becomes an element of the list; it is good until the next one is asked for.
func (f filter) body(k *resource.Kind, listing *store.Listing) func(*store.Entry) ([]byte, error) {
	if !f.metadataOnly {
		return listing.Body
	}
	write := withoutSpec(k)
	return func(e *store.Entry) ([]byte, error) { return write(&e.Metadata), nil }
}

// writeList streams a JSON array.
func writeList(w http.ResponseWriter, entries []*store.Entry, body func(*store.Entry) ([]byte, error)) error {
	w.Header().Set("Content-Type", "application/json")
	out := bufio.NewWriterSize(w, listBuffer)
	separator := "["
	for _, e := range entries {
		data, err := body(e)
		if errors.Is(err, store.ErrReplaced) {
			continue // another process destroyed the file: it is not there any more
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", e.ID, err)
		}
		_, _ = out.WriteString(separator)
		if _, err := out.Write(data); err != nil {
			return nil // the client is gone
		}
		separator = ","
	}
	if separator == "[" {
		_, _ = out.WriteString(separator)
	}
	_, _ = out.WriteString("]")
	_ = out.Flush()
	return nil
}
