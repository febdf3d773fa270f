package proxy

import (
	"io"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

const (
	bigBody = 512 << 20
	// bigMemory is what may be held while it passes. Both ends of the test run in this process too.
	bigMemory = 16 << 20
)

// TestBigBodies: of a body that passes, either way, only a piece is held at a time.
func TestBigBodies(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.CopyN(w, zeros{}, bigBody)
	})
	w.datasource(up.URL)
	peak := watchMemory(t)
	resp, err := http.Post(w.url+toD, "application/octet-stream", io.LimitReader(zeros{}, bigBody))
	must(t, err)
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); n != bigBody || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if held := peak(); held > bigMemory {
		t.Errorf("%d MiB were held", held>>20)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// watchMemory looks at the heap until it is asked by how much it grew at most.
func watchMemory(t *testing.T) (peak func() uint64) {
	t.Helper()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	before := heap()
	var most atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				most.Store(max(most.Load(), heap()))
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-stopped
		return max(most.Load(), before) - before
	}
}
