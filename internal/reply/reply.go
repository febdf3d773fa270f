// Package reply turns results and errors into HTTP answers, for everyone who answers.
//
// One idea: what an outsider learns from an error is its class, and the sentence its Failure carries for outsiders. The table of
// classes (contracts: perses.md §2.1) is the only place that knows which status and which words a class becomes.
// Causes never reach an answer, and nothing is logged here: that is for the caller, who knows the request.
package reply

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/perseid-dev/perseid/internal/problem"
)

// Body is the JSON body of an answer that is not a success.
type Body struct {
	Message string `json:"message"`
	// Owner is who manages the resource, where that is why a write was refused (DELIVERY R25).
	Owner any `json:"owner,omitempty"`
	// Problems are what is wrong with a document, each with its place; their messages are in Message too.
	Problems problem.List `json:"problems,omitempty"`
}

type class struct {
	status int
	text   string
	plain  bool // the text stands alone, whatever the detail
}

var classes = map[problem.Class]class{
	problem.Internal:     {status: http.StatusInternalServerError, text: "internal server error", plain: true},
	problem.Invalid:      {status: http.StatusBadRequest, text: "bad request"},
	problem.NotFound:     {status: http.StatusNotFound, text: "document not found", plain: true},
	problem.Exists:       {status: http.StatusConflict, text: "document already exists", plain: true},
	problem.Forbidden:    {status: http.StatusForbidden, text: "forbidden access"},
	problem.Unauthorized: {status: http.StatusUnauthorized, text: "unauthorized"},
	problem.MediaType:    {status: http.StatusUnsupportedMediaType, text: "unsupported media type"},
	problem.TooLarge:     {status: http.StatusRequestEntityTooLarge, text: "request entity too large"},
	problem.Slow:         {status: http.StatusRequestTimeout, text: "request timeout"},
	problem.Stale:        {status: http.StatusPreconditionFailed, text: "precondition failed"},
	problem.Unavailable:  {status: http.StatusServiceUnavailable, text: "service unavailable"},
	problem.Upstream:     {status: http.StatusBadGateway, text: "bad gateway"},
	problem.Late:         {status: http.StatusGatewayTimeout, text: "gateway timeout"},

	problem.Unimplemented: {status: http.StatusNotImplemented, text: "not implemented"},
}

// Status is the HTTP status of an error's class.
func Status(err error) int { return classes[problem.ClassOf(err)].status }

// Of is the body that answers an error.
func Of(err error) Body {
	c := classes[problem.ClassOf(err)]
	body := Body{Message: c.text}
	var failure *problem.Failure
	detail := ""
	if errors.As(err, &failure) {
		detail, body.Owner = failure.Detail, failure.Owner
	}
	if c.plain {
		return body
	}
	var list problem.List
	if errors.As(err, &list) {
		body.Problems = list
		if detail == "" {
			detail = list.Error()
		}
	}
	if detail != "" {
		body.Message += ": " + detail
	}
	return body
}

// Error answers with an error's status and body. Headers that described the answer that did not come about are removed.
func Error(w http.ResponseWriter, err error) {
	for _, name := range []string{"Etag", "Content-Encoding", "Content-Length", "Last-Modified"} {
		w.Header().Del(name)
	}
	JSON(w, Status(err), Of(err))
}

// Told is Error for clients that want to know what was not found, or what exists. Some of Perses' API replace these sentences or match on
// the bare words; that is why Error keeps to them.
func Told(w http.ResponseWriter, err error) {
	class := problem.ClassOf(err)
	var failure *problem.Failure
	if (class != problem.NotFound && class != problem.Exists) || !errors.As(err, &failure) || failure.Detail == "" {
		Error(w, err)
		return
	}
	body := Of(err)
	body.Message += ": " + failure.Detail
	JSON(w, Status(err), body)
}

// MethodNotAllowed answers 405, with the methods that the path does know.
func MethodNotAllowed(w http.ResponseWriter, allow string) {
	w.Header().Set("Allow", allow)
	JSON(w, http.StatusMethodNotAllowed, Body{Message: "Method Not Allowed"})
}

// JSON answers with a value, <, > and & escaped, and a newline. The value must be one that encoding/json can write.
func JSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // an error here is the client gone, whom nobody can tell any more
}
