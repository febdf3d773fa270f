package sidecar

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// dummy is the dummy-server of upstream's pipeline, and remembers what it was asked.
type dummy struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

// logo stands for the picture of upstream's server: as long, and as binary.
var logo = func() []byte {
	data := make([]byte, 6837)
	for i := range data {
		data[i] = byte(i*i>>3 ^ i)
	}
	return data
}()

func (w *world) dummy() *dummy {
	d := &dummy{}
	mux := http.NewServeMux()
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); io.WriteString(w, body) }
	}
	mux.HandleFunc("/200", answer(200, "200"))
	mux.HandleFunc("/404", answer(404, "404"))
	mux.HandleFunc("/500", answer(500, "500"))
	mux.HandleFunc("POST /503", answer(503, "503"))
	mux.HandleFunc("/static/kubelogo.png", answer(200, string(logo)))
	mux.HandleFunc("/secured", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "user1" || password != "abcdefghijklmnopqrstuvwxyz" {
			answer(401, `{"detail":"Not authenticated"}`)(w, r)
			return
		}
		answer(200, "allowed")(w, r)
	})
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d.mu.Lock()
		d.asked = append(d.asked, fmt.Sprintf("%s %s %s", r.Method, r.URL.Path, body))
		d.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	w.Cleanup(d.Close)
	return d
}

// times counts the requests that begin so.
func (d *dummy) times(prefix string) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range d.asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}
