package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/perseid-dev/perseid/test/input"
)

const (
	handmade     = "handmade" // the project of what no directory declares
	writerCount  = 2
	perWriter    = 20 // dashboards
	writePause   = 400 * time.Millisecond
	createSort   = "create"
	updateSort   = "update"
	deleteSort   = "delete"
	badSort      = "update, malformed"
	trespassSort = "update of a managed one"
)

// writer writes dashboards of its own through the API, and knows what must be there.
type writer struct {
	*caller
	number int
	titles map[int]string // of those that exist
	writes int
}

func newWriters(s *server, t *tally, seed uint64) ([]*writer, error) {
	var all []*writer
	for n := range writerCount {
		all = append(all, &writer{caller: newCaller(s, t, seed, uint64(100+n)), number: n, titles: map[int]string{}})
	}
	body := fmt.Appendf(nil, `{"kind":"Project","metadata":{"name":%q},"spec":{}}`, handmade)
	if status, _, answer := all[0].ask(context.Background(), createSort, http.MethodPost, "/api/v1/projects", body); status != http.StatusOK {
		return nil, fmt.Errorf("create project %s: %d %s", handmade, status, answer)
	}
	return all, nil
}

func (w *writer) name(i int) string { return fmt.Sprintf("by-%d-%02d", w.number, i) }

// text is the document of a dashboard, as it is sent.
func (w *writer) text(i int) []byte {
	managed := text(i, w.name(i), w.titles[i])
	return bytes.Replace(managed, fmt.Appendf(nil, `"project":%q`, input.Project), fmt.Appendf(nil, `"project":%q`, handmade), 1)
}

// write makes one random write. It is not cut off: we have to know what came of it.
func (w *writer) write(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	i := w.rand.IntN(perWriter)
	path := "/api/v1/projects/" + handmade + "/dashboards"
	w.writes++
	before, exists := w.titles[i]
	switch p := w.rand.IntN(10); {
	case !exists:
		w.titles[i] = fmt.Sprintf("made in write %d", w.writes)
		w.expect(ctx, createSort, http.MethodPost, path, w.text(i), http.StatusOK)
	case p == 0:
		w.expect(ctx, badSort, http.MethodPut, path+"/"+w.name(i), w.text(i)[:100], http.StatusBadRequest)
	case p == 1:
		name := input.Name(w.rand.IntN(50))
		body := text(0, name, "mine now")
		w.expect(ctx, trespassSort, http.MethodPut, dashboards+"/"+name, body, http.StatusForbidden, http.StatusNotFound)
	case p < 4:
		delete(w.titles, i)
		w.expect(ctx, deleteSort, http.MethodDelete, path+"/"+w.name(i), nil, http.StatusNoContent)
	default:
		w.titles[i] = fmt.Sprintf("%s, and %d", before[:min(len(before), 40)], w.writes)
		w.expect(ctx, updateSort, http.MethodPut, path+"/"+w.name(i), w.text(i), http.StatusOK)
	}
	w.look(ctx, i, path+"/"+w.name(i))
}

func (w *writer) expect(ctx context.Context, sort, method, path string, body []byte, statuses ...int) {
	status, _, answer := w.ask(ctx, sort, method, path, body)
	for _, want := range statuses {
		if status == want {
			return
		}
	}
	w.tally.fault("%s %s: %d, want %v: %.200s", sort, path, status, statuses, answer)
}

// look makes sure that a writer reads what it wrote.
func (w *writer) look(ctx context.Context, i int, path string) {
	status, _, body := w.ask(ctx, getting, http.MethodGet, path, nil)
	if _, exists := w.titles[i]; !exists {
		if status != http.StatusNotFound {
			w.tally.fault("get %s after its deletion: %d", path, status)
		}
		return
	}
	want, err := hashOf(w.text(i))
	if err != nil {
		panic(err) // the text is ours
	}
	if got, err := hashOf(body); err != nil || got != want {
		w.tally.fault("get %s after a write: %d: another document (%v)", path, status, err)
	}
}
