package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/perseid-dev/perseid/internal/resource"
)

const (
	// keepHeader is sent by editors of dashboards that rebuild a document from the fields they know: what they do not know is to be kept.
	keepHeader = "Perseid-Keep-Unknown"
	// keptHeader tells them what was: places in the document, with commas in between.
	keptHeader = "Perseid-Kept"
	// maxKept bounds the places that are told.
	maxKept = 20
)

// What such an editor knows, and so may remove. Panels, variables and datasources pass through it whole.
var (
	editedSpec   = []string{"display", "datasources", "variables", "panels", "layouts", "duration", "refreshInterval", "ttl"}
	editedGrid   = []string{"display", "items", "repeatVariable"}
	editedTitle  = []string{"title", "collapse"}
	editedItem   = []string{"x", "y", "width", "height", "content"}
	editedLayout = []string{"kind", "spec"}
)

// keeps is a keeper if a write is one of an editor that does not know everything, nil if not. It must say what it edited: the version of another moment
// may lack what somebody has added since, or have what somebody has removed.
func keeps(c *call) (*keeper, error) {
	text := c.r.Header.Get(keepHeader)
	if text == "" {
		return nil, nil
	}
	keep, err := strconv.ParseBool(text)
	switch {
	case err != nil:
		return nil, invalid("%s: expected true or false, not %.20q", keepHeader, text)
	case keep && c.kind.Name != "Dashboard" && c.kind.Name != "EphemeralDashboard":
		return nil, invalid("%s is for dashboards, not for a %s", keepHeader, c.kind.Name)
	case keep && c.r.Header.Get("If-Match") == "":
		return nil, invalid("%s needs If-Match with the ETag of the dashboard as it was read", keepHeader)
	}
	if !keep {
		return nil, nil
	}
	return &keeper{}, nil
}

// keeper keeps what an editor does not know, and remembers which places that is.
type keeper struct{ kept []string }

// unknown takes from the stored dashboard what r lacks and its editor does not know.
func (k *keeper) unknown(r, old *resource.Resource) error {
	if lost := countTabs(&old.Spec) - countTabs(&r.Spec); lost > 0 {
		return invalid("the dashboard has a layout that is not a Grid, which the editor would lose; edit it as a document")
	}
	k.kept = nil
	k.fields("spec", &r.Spec, &old.Spec, editedSpec)
	next, before := itemsOf(&r.Spec, "layouts"), itemsOf(&old.Spec, "layouts")
	for i, from := range pair(next, before, true, func(l *resource.Value) string { return l.Str("spec", "display", "title") }) {
		if from != nil {
			k.layout(fmt.Sprintf("spec.layouts[%d]", i), next[i], from)
		}
	}
	panels, were := gridItems(next), gridItems(before)
	for i, from := range pair(panels, were, false, func(item *resource.Value) string { return item.Str("content", "$ref") }) {
		if from != nil {
			k.fields("item of "+from.Str("content", "$ref"), panels[i], from, editedItem)
		}
	}
	return canonical(r)
}

func (k *keeper) layout(at string, next, from *resource.Value) {
	k.fields(at, next, from, editedLayout)
	if next.Get("spec") == nil || from.Get("spec") == nil {
		return
	}
	k.fields(at+".spec", next.Get("spec"), from.Get("spec"), editedGrid)
	if to, title := next.Get("spec", "display"), from.Get("spec", "display"); to != nil && title != nil {
		k.fields(at+".spec.display", to, title, editedTitle)
	}
}

// fields adds the fields of an object that another one has not, but for those that an editor may have removed.
func (k *keeper) fields(at string, to, from *resource.Value, edited []string) {
	if to.Type != resource.Object {
		return
	}
	for _, f := range from.Fields {
		if !slices.Contains(edited, f.Name) && to.Get(f.Name) == nil {
			to.Fields = append(to.Fields, f)
			k.kept = append(k.kept, at+"."+f.Name)
		}
	}
}

// tell names what was kept, as far as a header can. A nil keeper kept nothing.
func (k *keeper) tell(w http.ResponseWriter) {
	if k == nil || len(k.kept) == 0 {
		return
	}
	var names []string
	for _, name := range k.kept[:min(len(k.kept), maxKept)] {
		if !plainText(name) {
			name = strconv.QuoteToASCII(name)
		}
		names = append(names, name)
	}
	w.Header().Set(keptHeader, strings.Join(names, ", "))
}

func countTabs(spec *resource.Value) (n int) {
	for _, layout := range itemsOf(spec, "layouts") {
		if layout.Str("kind") != "Grid" {
			n++
		}
	}
	return n
}

func itemsOf(object *resource.Value, path ...string) (items []*resource.Value) {
	list := object.Get(path...)
	if list == nil {
		return nil
	}
	for i := range list.Items {
		items = append(items, &list.Items[i])
	}
	return items
}

func gridItems(layouts []*resource.Value) (items []*resource.Value) {
	for _, layout := range layouts {
		items = append(items, itemsOf(layout, "spec", "items")...)
	}
	return items
}

// pair finds for each value the one it was before: those with the same key, in order, where there are as many as before; then, where
// asked for and nothing was added or removed, what is left by position, which is what was renamed.
func pair(next, before []*resource.Value, byPlace bool, key func(*resource.Value) string) []*resource.Value {
	now, was := group(next, key), group(before, key)
	pairs := make([]*resource.Value, len(next))
	taken := make(map[int]bool)
	for k, indexes := range now {
		if len(was[k]) != len(indexes) {
			continue
		}
		for n, i := range indexes {
			pairs[i], taken[was[k][n]] = before[was[k][n]], true
		}
	}
	if byPlace && len(next) == len(before) {
		for i := range pairs {
			if pairs[i] == nil && !taken[i] {
				pairs[i] = before[i]
			}
		}
	}
	return pairs
}

func group(values []*resource.Value, key func(*resource.Value) string) map[string][]int {
	groups := make(map[string][]int)
	for i, v := range values {
		groups[key(v)] = append(groups[key(v)], i)
	}
	return groups
}
