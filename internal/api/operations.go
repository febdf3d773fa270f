package api

import (
	"net/http"
	"strings"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

const (
	deliveryBase = "/api/delivery/v1"
	// ofSource and ofResource begin the paths of what is about one source, and about one resource.
	ofSource   = "/sources/{name}"
	ofResource = "/resources/{resource}"
)

// operation is one row of the delivery API: how it is asked for, and what answers. Routes and the reference are made of it.
type operation struct {
	method, path string // below deliveryBase
	does         string // in a sentence
	parameters   []parameter
	body         string // an example; "" where none is read
	answer       string
	failures     []failure // besides those that any of its sort may have
	handle       func(*api, http.ResponseWriter, *http.Request) error
}

// parameter is one of a query.
type parameter struct{ name, means string }

// failure is one way not to succeed.
type failure struct {
	class problem.Class
	when  string
}

func operations() []operation {
	return append(append(readings(), sourceCommands()...), resourceCommands()...)
}

func readings() []operation {
	none := []failure{{problem.NotFound, "there is no such source"}}
	return []operation{
		{http.MethodGet, "/sources", "The state of every source, in order of configuration.", nil, "", "200, an array of Source", nil, (*api).sources},
		{http.MethodGet, ofSource, "The state of one source.", nil, "", "200, a Source", none, (*api).source},
		{http.MethodGet, ofSource + "/history", "The releases that are kept of a source, and the last times that it changed anything, newest first.", nil, "", "200, a History with releases and runs", none, (*api).history},
		{http.MethodGet, ofSource + "/compare", "How two releases of a source differ, by what the files declare that are not the same in both.", compareParameters(), "",
			"200, a Comparison", []failure{{problem.NotFound, "there is no such source or release"}, {problem.Invalid, "the source has no two releases"}}, (*api).compare},
		{http.MethodGet, ofSource + "/excerpt", "The text of a file around a line, for who may read every document of the file.", []parameter{
			{"origin", "the file, as documents name it"}, {"line", "the line, from 1"}, {"column", "the place in a long line, in characters from 1"},
		}, "", "200, an Excerpt", []failure{{problem.NotFound, "there is no such source or file"}, {problem.Invalid, "the file has no such line"}}, (*api).excerpt},
		{http.MethodGet, "/documents", "What became of every document that the caller may read, by source, origin and place in the file.",
			documentParameters(), "", "200, an array of Document", []failure{{problem.Invalid, "a parameter has no such value"}}, (*api).documents},
		{http.MethodGet, ofResource, "Where a resource comes from, which documents declare it, and what is kept of it.", nil, "", "200, a ResourceStatus",
			[]failure{{problem.NotFound, "nothing of that name is stored, declared or remembered"}}, (*api).resourceStatus},
		{http.MethodGet, ofResource + "/content", "A kept version of a resource, as its document declared it.", []parameter{{"version", "its number in the history"}}, "", "200, the resource",
			[]failure{{problem.NotFound, "the version is not kept"}, {problem.Forbidden, "it holds a secret, or came from a place for secrets"}}, (*api).content},
		{http.MethodGet, "/database", "Where resources are kept: how many of each kind, stored files that cannot be read, and what an operator should know.", nil, "",
			"200, a Database", nil, (*api).database},
		{http.MethodGet, "/events", "Server-sent events named `status`, at once and after each change: their data is what `/sources` answers.", nil, "",
			"200, text/event-stream", []failure{{problem.Unavailable, "too many streams are open"}}, (*api).events},
	}
}

func sourceCommands() []operation {
	full := []parameter{{"full", "`true` reads every file, whatever its fingerprint says"}}
	none := failure{problem.NotFound, "there is no such source"}
	noReleases := failure{problem.Invalid, "the source has no releases, or none before the present one"}
	return []operation{
		command(ofSource, delivery.Reconcile, http.StatusAccepted, "Lists the source now. A webhook may be pointed here: its body is ignored.",
			append(full, dryRun()...), nil, none),
		command(ofSource, delivery.Confirm, http.StatusAccepted, "Lets the hold with this ID delete what it lists (R14).",
			dryRun(), &confirmOrder{}, none, failure{problem.Stale, "the ID is not that of the present hold"}),
		command(ofSource, delivery.Suspend, http.StatusOK, "Leaves what the source serves as it is, and writable, until it is resumed.", nil, nil, none),
		command(ofSource, delivery.Resume, http.StatusOK, "Follows a suspended source again.", dryRun(), nil, none),
		command(ofSource, delivery.Forget, http.StatusOK, "Gives up the resources of a source that is no longer configured; with prune, deletes them (R10).",
			dryRun(), &forgetOrder{}, failure{problem.NotFound, "no source of that name left anything"}, failure{problem.Invalid, "the source is configured"}),
		command(ofSource, delivery.Rollback, http.StatusOK, "Returns to a release, by its revision, the start of it, or its version; without one, to the release before the present one. Pins the source there (R23).",
			dryRun(), &releaseOrder{}, failure{problem.NotFound, "there is no such source or release"}, noReleases),
		command(ofSource, delivery.Unpin, http.StatusOK, "Follows the source again after a rollback.",
			dryRun(), nil, none, failure{problem.Invalid, "the source is not pinned by a rollback"}),
	}
}

func resourceCommands() []operation {
	unmanaged := failure{problem.Invalid, "no source manages the resource"}
	none := failure{problem.NotFound, "there is no such resource"}
	return []operation{
		command(ofResource, delivery.Unlock, http.StatusOK, "Makes a managed resource writable for a while, an hour unless the body says otherwise; for 0s locks it again (R24).",
			nil, &unlockOrder{}, none, unmanaged),
		command(ofResource, delivery.Rollback, http.StatusOK, "Returns to a version, or to the last one before the present one, and keeps the resource there (R23).",
			dryRun(), &versionOrder{}, failure{problem.NotFound, "there is no such resource, or the version is not kept"}, unmanaged),
		command(ofResource, delivery.Unpin, http.StatusOK, "Follows the source again after a rollback or undo.",
			nil, nil, failure{problem.Invalid, "the resource is not pinned"}),
		command(ofResource, delivery.Undo, http.StatusOK, "Brings back what was deleted or taken over last (I3).",
			nil, nil, failure{problem.NotFound, "nothing of the kind is remembered"}, failure{problem.Exists, "the resource exists, and no source manages it"}),
	}
}

func dryRun() []parameter {
	return []parameter{{"dryRun", "`true` answers a Preview, and changes nothing"}}
}

// deliveryRoutes makes routes of the table. Those about a source share one path for each method, because a name may hold slashes.
func (a *api) deliveryRoutes() []route {
	var table []route
	sources := map[string]map[string]handler{}
	for _, o := range operations() {
		handle := told(func(w http.ResponseWriter, r *http.Request) error { return o.handle(a, w, r) })
		if tail, ok := strings.CutPrefix(o.path, ofSource); ok {
			if sources[o.method] == nil {
				sources[o.method] = map[string]handler{}
			}
			sources[o.method][strings.TrimPrefix(tail, "/")] = handle
			continue
		}
		for _, path := range o.paths() {
			table = append(table, route{o.method, deliveryBase + path, handle})
		}
	}
	for method, tails := range sources {
		table = append(table, route{method, deliveryBase + "/sources/{name...}", bySource(tails)})
	}
	return table
}

// paths writes out what ofResource stands for.
func (o operation) paths() []string {
	tail, ok := strings.CutPrefix(o.path, ofResource)
	if !ok {
		return []string{o.path}
	}
	return []string{"/resources/{plural}/{name}" + tail, "/resources/projects/{project}/{plural}/{name}" + tail}
}

// bySource finds what is asked of a source by the last segment of the path; without a known one the whole of it is a name. A name may
// be written plainly, slashes included, or percent-encoded: one that ends like a path of ours must be encoded.
func bySource(tails map[string]handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		raw := r.URL.EscapedPath()
		tail := raw[strings.LastIndexByte(raw, '/')+1:]
		name, cut := strings.CutSuffix(r.PathValue("name"), "/"+tail)
		if !cut || tails[tail] == nil {
			name, tail = r.PathValue("name"), ""
		}
		if tails[tail] == nil {
			return problem.New(problem.NotFound, "")
		}
		r.SetPathValue("name", name)
		return tails[tail](w, r)
	}
}
