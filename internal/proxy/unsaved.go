package proxy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/validate"
)

const (
	// maxUnsaved is the largest request to try a datasource out with, in bytes.
	maxUnsaved = 1 << 20
	// maxUnsavedBodies is how many of them are held at once.
	maxUnsavedBodies = 64
)

// trial is a request to a datasource that is not stored (perses.md §2.10).
type trial struct {
	Method string          `json:"method"`
	Body   []byte          `json:"body"` // base64
	Spec   json.RawMessage `json:"spec"`
}

// serveUnsaved sends one request to a datasource that is in its body. Nothing of it is kept.
func (p *Proxy) serveUnsaved(w http.ResponseWriter, r *http.Request, way route) error {
	select {
	case p.unsaved <- struct{}{}:
		defer func() { <-p.unsaved }()
	default:
		return problem.New(problem.Unavailable, "too many datasources are being tried out at once, try again")
	}
	try, err := readTrial(w, r)
	if err != nil {
		return err
	}
	spec, err := try.datasource(way)
	if err != nil {
		return err
	}
	if err := p.mayUse(r, way, spec); err != nil {
		return err
	}
	way.name = "unsaved"
	t, secret, err := p.make(way, spec)
	if err != nil {
		return err
	}
	defer t.close()
	return p.exchange(w, try.request(r), way, p.ready(t, secret))
}

// readTrial reads the body. That it has to be called JSON keeps forms of other pages out.
func readTrial(w http.ResponseWriter, r *http.Request) (*trial, error) {
	if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(media), "application/json") {
		return nil, problem.New(problem.MediaType, "send JSON, with Content-Type: application/json")
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUnsaved))
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, problem.New(problem.TooLarge, fmt.Sprintf("a request to an unsaved datasource may have %d bytes", maxUnsaved))
	}
	var try trial
	switch {
	case err != nil:
		return nil, &problem.Failure{Class: problem.Invalid, Detail: "the body could not be read to its end", Err: err}
	case json.Unmarshal(data, &try) != nil:
		return nil, problem.New(problem.Invalid, `expected a JSON object: {"method": "GET", "body": "base64, or left out", "spec": {...}}`)
	case try.Method == "":
		return nil, problem.New(problem.Invalid, "missing field 'method'")
	case !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}, try.Method):
		return nil, problem.New(problem.Invalid, fmt.Sprintf("invalid method %.20q", try.Method))
	}
	return &try, nil
}

// datasource reads the spec, and checks it as it would be checked before it is stored.
func (t *trial) datasource(way route) (*resource.Value, error) {
	kind, err := resource.KindByName(way.kind())
	if err != nil {
		return nil, err
	}
	metadata := `{"name":"unsaved"`
	if !way.global {
		metadata += `,"project":"` + way.project + `"` // it exists, so its name is plain
	}
	if t.Spec == nil {
		t.Spec = json.RawMessage("null")
	}
	document := fmt.Appendf(nil, `{"kind":%q,"metadata":%s},"spec":%s}`, way.kind(), metadata, t.Spec)
	r, problems := resource.DecodeBody(document, kind)
	if r != nil {
		_, more := validate.Inspect(r)
		problems = append(problems, more...)
	}
	if problems.Invalid() {
		return nil, problem.New(problem.Invalid, "invalid config: "+problems.Error())
	}
	return &r.Spec, nil
}

// mayUse asks whether the caller may read the secret that is named: otherwise anybody could have it sent to a place of their own.
func (p *Proxy) mayUse(r *http.Request, way route, spec *resource.Value) error {
	d, err := define(spec)
	if err != nil || d.secret == "" {
		return err
	}
	id := way.secret(d.secret)
	return p.authorize(r, "read", id.Kind, id.Project)
}

// request is the caller's with what is to be sent in the place of what carried it.
func (t *trial) request(r *http.Request) *http.Request {
	out := r.Clone(r.Context())
	out.Method, out.Body, out.ContentLength, out.TransferEncoding = t.Method, io.NopCloser(bytes.NewReader(t.Body)), int64(len(t.Body)), nil
	out.Header.Del("Content-Length")
	if len(t.Body) == 0 {
		out.Body = http.NoBody
		out.Header.Del("Content-Type")
	}
	return out
}
