package reply

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
)

func TestError(t *testing.T) {
	cause := errors.New("open /secret/path: permission denied")
	list := problem.List{
		{Code: problem.CodeValue, Severity: problem.Error, Path: "spec.duration", Message: "not a valid duration string: \"x\""},
		{Code: problem.CodeUnknown, Severity: problem.Warning, Path: "spec.durtion", Message: "unknown field"},
	}
	for name, c := range map[string]struct {
		err    error
		status int
		body   string
	}{
		"unclassified":         {cause, 500, `{"message":"internal server error"}`},
		"internal with detail": {&problem.Failure{Detail: "write /secret/path", Err: cause}, 500, `{"message":"internal server error"}`},
		"invalid":              {problem.New(problem.Invalid, "metadata.project cannot be empty"), 400, `{"message":"bad request: metadata.project cannot be empty"}`},
		"invalid, cause only":  {&problem.Failure{Class: problem.Invalid, Err: cause}, 400, `{"message":"bad request"}`},
		"problems": {list.Err(), 400, `{"message":"bad request: not a valid duration string: \"x\"","problems":[` +
			`{"code":"value","severity":"error","path":"spec.duration","message":"not a valid duration string: \"x\""},` +
			`{"code":"unknown-field","severity":"warning","path":"spec.durtion","message":"unknown field"}]}`},
		"bare list": {list[:1], 400, `{"message":"bad request: not a valid duration string: \"x\"","problems":[` +
			`{"code":"value","severity":"error","path":"spec.duration","message":"not a valid duration string: \"x\""}]}`},
		"wrapped":      {fmt.Errorf("store x: %w", problem.New(problem.NotFound, "dashboard p/x")), 404, `{"message":"document not found"}`},
		"exists":       {problem.New(problem.Exists, "x"), 409, `{"message":"document already exists"}`},
		"forbidden":    {problem.New(problem.Forbidden, "no"), 403, `{"message":"forbidden access: no"}`},
		"unauthorized": {problem.New(problem.Unauthorized, "who?"), 401, `{"message":"unauthorized: who?"}`},
		"media type":   {problem.New(problem.MediaType, ""), 415, `{"message":"unsupported media type"}`},
		"too large":    {problem.New(problem.TooLarge, "more than 5 bytes"), 413, `{"message":"request entity too large: more than 5 bytes"}`},
		"slow":         {problem.New(problem.Slow, "hurry"), 408, `{"message":"request timeout: hurry"}`},
		"stale":        {problem.New(problem.Stale, "it is \"2\""), 412, `{"message":"precondition failed: it is \"2\""}`},
		"unavailable":  {problem.New(problem.Unavailable, "<busy>"), 503, `{"message":"service unavailable: \u003cbusy\u003e"}`},
		"owner (R25)": {&problem.Failure{Class: problem.Forbidden, Detail: "managed", Owner: map[string]string{"source": "dir:/x"}}, 403,
			`{"message":"forbidden access: managed","owner":{"source":"dir:/x"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			w.Header().Set("ETag", `"1"`)
			Error(w, c.err)
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
			if diff := cmp.Diff(c.body+"\n", w.Body.String()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(http.Header{"Content-Type": {"application/json"}}, w.Header()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEveryClassHasAStatus(t *testing.T) {
	for class := problem.Internal; class <= problem.Unavailable; class++ {
		if Status(problem.New(class, "")) == 0 {
			t.Errorf("class %d has no status", class)
		}
	}
}

func TestMethodNotAllowed(t *testing.T) {
	w := httptest.NewRecorder()
	MethodNotAllowed(w, "OPTIONS, GET")
	if w.Code != 405 || w.Header().Get("Allow") != "OPTIONS, GET" || w.Body.String() != "{\"message\":\"Method Not Allowed\"}\n" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
