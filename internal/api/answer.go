package api

import (
	"compress/gzip"
	"net/http"
	"strings"
	"time"
)

const (
	// gzipFrom is the size in bytes from which a body is worth compressing.
	gzipFrom = 1024
	// gzipLevel is the level that Perses uses.
	gzipLevel = 5
	// maxZippers bounds the answers that are compressed at once: each takes most of a megabyte. Further ones go out as they are.
	maxZippers = 64
	// stall is how long a client may take to accept a piece of an answer. A whole answer may take as long as it likes, if it goes on.
	stall = 2 * time.Minute
	// stallGrain is how often that is renewed at most.
	stallGrain = time.Second
)

// answer is a ResponseWriter that compresses JSON for clients that accept it, and remembers the status.
// What is written is held back until there is enough of it to decide, or finish is called.
type answer struct {
	http.ResponseWriter
	api     *api
	status  int // 0 until something is written
	waits   bool
	pending []byte
	zipper  *gzip.Writer
	renewed time.Time // when the deadline of writing was
}

func (a *api) newAnswer(w http.ResponseWriter, r *http.Request) *answer {
	w.Header().Add("Vary", "Accept-Encoding")
	return &answer{ResponseWriter: w, api: a, waits: acceptsGzip(r)}
}

// acceptsGzip reads Accept-Encoding as far as it matters: gzip or *, not at quality zero.
func acceptsGzip(r *http.Request) bool {
	for _, item := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		coding, parameter, _ := strings.Cut(item, ";")
		coding = strings.TrimSpace(coding)
		if !strings.EqualFold(coding, "gzip") && coding != "*" {
			continue
		}
		quality := strings.TrimSpace(parameter)
		return !strings.HasPrefix(quality, "q=0") || strings.Trim(quality, "q=0.") != ""
	}
	return false
}

// WriteHeader keeps the first status that is not only a hint of one to come.
func (a *answer) WriteHeader(status int) {
	switch {
	case a.status != 0:
		return
	case status < http.StatusOK && status != http.StatusSwitchingProtocols:
		a.ResponseWriter.WriteHeader(status)
		return
	}
	a.status = status
	a.renew()
	if !a.waits {
		a.ResponseWriter.WriteHeader(status)
	}
}

// Write holds back, compresses or passes on.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	switch {
	case a.waits && len(a.pending)+len(p) < gzipFrom:
		a.pending = append(a.pending, p...)
		return len(p), nil
	case a.waits:
		a.start(a.compressible())
		if err := a.release(); err != nil {
			return 0, err
		}
	}
	return a.send(p)
}

func (a *answer) compressible() bool {
	h := a.Header()
	return h.Get("Content-Encoding") == "" && strings.HasPrefix(h.Get("Content-Type"), "application/json")
}

// start sends the header. A compressed body is another representation, which shares only a weak tag with the plain one.
func (a *answer) start(zip bool) {
	a.waits = false
	if zip {
		a.zipper = a.api.zipper(a.ResponseWriter)
	}
	if h := a.Header(); a.zipper != nil {
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
			h.Set("ETag", "W/"+tag)
		}
	}
	a.ResponseWriter.WriteHeader(a.status)
}

func (a *answer) release() error {
	held := a.pending
	a.pending = nil
	if len(held) == 0 {
		return nil
	}
	_, err := a.send(held)
	return err
}

func (a *answer) send(p []byte) (int, error) {
	a.renew()
	if a.zipper != nil {
		return a.zipper.Write(p)
	}
	return a.ResponseWriter.Write(p)
}

// renew puts off the moment at which the client counts as gone. That there is none on some connections does not matter.
func (a *answer) renew() {
	if now := time.Now(); now.Sub(a.renewed) > stallGrain {
		a.renewed = now
		_ = http.NewResponseController(a.ResponseWriter).SetWriteDeadline(now.Add(stall))
	}
}

// FlushError sends what is held back, uncompressed, and all that follows as it comes. It implements what http.ResponseController looks for.
func (a *answer) FlushError() error {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.waits {
		a.start(false)
		if err := a.release(); err != nil {
			return err
		}
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Unwrap gives http.ResponseController the connection's deadlines.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// finish sends what is held back. It is not called after a panic: a body cut off must not look whole.
// Errors are those of a client gone.
func (a *answer) finish() {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.waits {
		a.start(false)
		_ = a.release()
	}
	if a.zipper != nil {
		_ = a.zipper.Close()
	}
}

// letGo gives back what the answer holds, whether it was finished or cut off.
func (a *answer) letGo() {
	if a.zipper != nil {
		a.api.zippers.Put(a.zipper)
		a.api.zipping.Add(-1)
		a.zipper = nil
	}
}

// zipper is nil if too many are in use.
func (a *api) zipper(w http.ResponseWriter) *gzip.Writer {
	if a.zipping.Add(1) > maxZippers {
		a.zipping.Add(-1)
		return nil
	}
	if z, ok := a.zippers.Get().(*gzip.Writer); ok {
		z.Reset(w)
		return z
	}
	z, _ := gzip.NewWriterLevel(w, gzipLevel) // the only error is a level that does not exist
	return z
}
