package webui

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// mediaTypes are those of what a build makes. The tables of a system differ, and a script of another type is not run.
var mediaTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

func (h *Handler) servePage(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("ETag", h.tag)
	header.Set("Cache-Control", "no-cache") // kept, but asked about each time
	if r.Header.Get("If-None-Match") == h.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(h.page)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(h.page) // an error here is the client gone
	}
}

// serveFile answers with a file in the form the client likes best, and says whether there is such a file.
func (h *Handler) serveFile(w http.ResponseWriter, r *http.Request, name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	form, file := h.open(name, r.Header.Values("Accept-Encoding"))
	if file == nil {
		return false
	}
	defer func() { _ = file.Close() }() // it was only read
	header := w.Header()
	header.Set("Content-Type", mediaTypes[path.Ext(name)])
	header.Set("Cache-Control", caching(name))
	if form.suffix != "" {
		header.Add("Vary", "Accept-Encoding")
	}
	if form.encoding != "" {
		header.Set("Content-Encoding", form.encoding)
	}
	send(w, r, file, form)
	return true
}

// caching is for ever where the name has a hash in it.
func caching(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "public, max-age=3600"
}

// form is how a file lies here and how it is sent. unzip: it lies compressed, for a client that takes it plain.
type form struct {
	suffix, encoding string
	unzip            bool
}

// open finds the best form of a file; nil if there is none.
func (h *Handler) open(name string, accepted []string) (form, fs.File) {
	forms := []form{{}}
	if accepts(accepted, "gzip") {
		forms = append(forms, form{suffix: ".gz", encoding: "gzip"})
	} else {
		forms = append(forms, form{suffix: ".gz", unzip: true})
	}
	if accepts(accepted, "br") {
		forms = append([]form{{suffix: ".br", encoding: "br"}}, forms...)
	}
	for _, f := range forms {
		file, err := h.files.Open(name + f.suffix)
		if err != nil {
			continue
		}
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return f, file
		}
		_ = file.Close() // it was only looked at
	}
	return form{}, nil
}

func send(w http.ResponseWriter, r *http.Request, file fs.File, f form) {
	var from io.Reader = file
	if f.unzip {
		zipped, err := gzip.NewReader(file)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		from = zipped
	} else if info, err := file.Stat(); err == nil {
		w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	}
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, from) // an error here is the client gone
	}
}

// accepts says whether a client takes a content coding: named, or by the star, and not at quality zero.
func accepts(values []string, coding string) bool {
	star := false
	for _, item := range strings.Split(strings.Join(values, ","), ",") {
		name, parameter, _ := strings.Cut(item, ";")
		_, quality, _ := strings.Cut(strings.ToLower(strings.TrimSpace(parameter)), "q=")
		taken := quality == "" || strings.Trim(quality, "0. ") != ""
		switch name = strings.TrimSpace(name); {
		case strings.EqualFold(name, coding):
			return taken
		case name == "*":
			star = taken
		}
	}
	return star
}
