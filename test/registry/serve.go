package registry

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// ServeHTTP implements the distribution API.
func (g *Registry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &counter{ResponseWriter: w, status: http.StatusOK}
	body := &counted{ReadCloser: r.Body}
	r.Body = body
	defer func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.requests = append(g.requests, Request{r.Method, r.URL.Path, body.n, c.n, c.status})
	}()
	var answer http.ResponseWriter = c
	if f := g.fault(r); f != nil {
		if answer = f.on(c, r); answer == nil {
			return
		}
	}
	if g.Auth != nil && !g.Auth.admits(answer, r) {
		return
	}
	g.route(answer, r)
}

func (g *Registry) fault(r *http.Request) *Fault {
	if g.Fault == nil {
		return nil
	}
	g.asking.Lock()
	defer g.asking.Unlock()
	return g.Fault(r)
}

func (g *Registry) route(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/v2/")
	if !ok {
		fail(w, http.StatusNotFound, "NAME_INVALID")
		return
	}
	if path == "" {
		w.WriteHeader(http.StatusOK)
		return
	}
	for _, part := range []struct {
		name string
		do   func(w http.ResponseWriter, r *http.Request, repo, rest string)
	}{
		{"/blobs/uploads/", g.upload}, {"/blobs/", g.blob}, {"/manifests/", g.manifest}, {"/tags/", g.tagList}, {"/referrers/", g.referrerList},
	} {
		if repo, rest, ok := strings.Cut(path, part.name); ok {
			part.do(w, r, repo, rest)
			return
		}
	}
	fail(w, http.StatusNotFound, "NAME_INVALID")
}

func (g *Registry) upload(w http.ResponseWriter, r *http.Request, repo, session string) {
	switch r.Method {
	case http.MethodPost:
		g.mu.Lock()
		g.uploads++
		w.Header().Set("Location", fmt.Sprintf("/v2/%s/blobs/uploads/%d", repo, g.uploads))
		g.mu.Unlock()
		w.WriteHeader(http.StatusAccepted)
	case http.MethodPut, http.MethodPatch:
		data, err := io.ReadAll(r.Body)
		digest := r.URL.Query().Get("digest")
		if err != nil {
			return
		}
		if r.Method == http.MethodPatch { // one chunk is all we see of those who send them so
			g.PutBlobAs(repo, "upload/"+session, data)
			w.Header().Set("Location", r.URL.Path)
			w.WriteHeader(http.StatusAccepted)
			return
		}
		g.mu.Lock()
		data = append(g.repo(repo).blobs["upload/"+session], data...)
		delete(g.repo(repo).blobs, "upload/"+session)
		g.mu.Unlock()
		if DigestOf(data) != digest {
			fail(w, http.StatusBadRequest, "DIGEST_INVALID")
			return
		}
		g.PutBlob(repo, data)
		created(w, r, digest)
	default:
		fail(w, http.StatusMethodNotAllowed, "UNSUPPORTED")
	}
}

func (g *Registry) blob(w http.ResponseWriter, r *http.Request, repo, digest string) {
	g.mu.Lock()
	data, ok := g.repo(repo).blobs[digest]
	g.mu.Unlock()
	if !ok {
		fail(w, http.StatusNotFound, "BLOB_UNKNOWN")
		return
	}
	send(w, r, "application/octet-stream", digest, data)
}

func (g *Registry) manifest(w http.ResponseWriter, r *http.Request, repo, reference string) {
	if r.Method == http.MethodPut {
		g.putManifest(w, r, repo, reference)
		return
	}
	g.mu.Lock()
	m, digest, ok := g.repo(repo).find(reference)
	g.mu.Unlock()
	if !ok {
		fail(w, http.StatusNotFound, "MANIFEST_UNKNOWN")
		return
	}
	send(w, r, m.mediaType, digest, m.data)
}

func (g *Registry) putManifest(w http.ResponseWriter, r *http.Request, repo, reference string) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	digest := DigestOf(data)
	if strings.Contains(reference, ":") && reference != digest {
		fail(w, http.StatusBadRequest, "DIGEST_INVALID")
		return
	}
	g.PutManifest(repo, r.Header.Get("Content-Type"), data)
	if reference != digest {
		g.Tag(repo, reference, digest)
	}
	var rel relation
	if json.Unmarshal(data, &rel) == nil && rel.Subject != nil && !g.NoReferrers {
		w.Header().Set("OCI-Subject", rel.Subject.Digest)
	}
	created(w, r, digest)
}

func (g *Registry) tagList(w http.ResponseWriter, r *http.Request, repo, _ string) {
	tags := slices.Sorted(maps.Keys(g.Tags(repo)))
	if len(tags) == 0 {
		fail(w, http.StatusNotFound, "NAME_UNKNOWN")
		return
	}
	if last := r.URL.Query().Get("last"); last != "" {
		tags = slices.DeleteFunc(tags, func(tag string) bool { return tag <= last })
	}
	if n, _ := strconv.Atoi(r.URL.Query().Get("n")); n > 0 && n < len(tags) {
		w.Header().Set("Link", fmt.Sprintf(`<%s?n=%d&last=%s>; rel="next"`, r.URL.Path, n, tags[n-1]))
		tags = tags[:n]
	}
	sendJSON(w, "application/json", map[string]any{"name": repo, "tags": tags})
}

func (g *Registry) referrerList(w http.ResponseWriter, r *http.Request, repo, subject string) {
	if g.NoReferrers {
		fail(w, http.StatusNotFound, "UNSUPPORTED")
		return
	}
	kind := r.URL.Query().Get("artifactType")
	g.mu.Lock()
	list := g.repo(repo).referrers(subject, kind)
	g.mu.Unlock()
	if kind != "" {
		w.Header().Set("OCI-Filters-Applied", "artifactType")
	}
	sendJSON(w, "application/vnd.oci.image.index.v1+json", map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": list,
	})
}

func send(w http.ResponseWriter, r *http.Request, mediaType, digest string, data []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.Header().Set("Docker-Content-Digest", digest)
	if r.Method != http.MethodHead {
		_, _ = w.Write(data)
	}
}

func sendJSON(w http.ResponseWriter, mediaType string, v any) {
	w.Header().Set("Content-Type", mediaType)
	_ = json.NewEncoder(w).Encode(v)
}

func created(w http.ResponseWriter, r *http.Request, digest string) {
	w.Header().Set("Docker-Content-Digest", digest)
	w.Header().Set("Location", r.URL.Path)
	w.WriteHeader(http.StatusCreated)
}

func fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"errors":[{"code":%q,"message":%q}]}`, code, strings.ToLower(strings.ReplaceAll(code, "_", " ")))
}
