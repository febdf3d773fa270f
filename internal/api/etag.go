package api

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// notModified sets the tag of an answer and says whether the client has that answer already; it has then been told so.
func notModified(w http.ResponseWriter, r *http.Request, tag string) bool {
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache") // kept, but asked about each time
	values := r.Header.Values("If-None-Match")
	if len(values) == 0 || !matches(values, tag) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// ifMatch refuses a write whose If-Match names another version than the stored one. Without the header any version will do.
func ifMatch(r *http.Request, tag string) error {
	values := r.Header.Values("If-Match")
	if len(values) == 0 || matches(values, tag) {
		return nil
	}
	return problem.New(problem.Stale, "the document was changed since, its ETag is now "+tag)
}

// matches compares weakly: a tag names a version of a document, and whether its bytes were compressed on the way, which
// makes the tag weak, does not matter to any caller.
func matches(values []string, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for _, value := range values {
		for _, one := range strings.Split(value, ",") {
			one = strings.TrimSpace(one)
			if one == "*" || strings.TrimPrefix(one, "W/") == tag {
				return true
			}
		}
	}
	return false
}

// listTag names a list by the state of the database, what was asked, and the projects that the caller may see, if that makes a difference.
func listTag(generation uint64, r *http.Request, projects []string) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%q %q", r.URL.RequestURI(), projects)
	return fmt.Sprintf(`"%x-%x"`, generation, h.Sum64())
}
