package api

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

const eventsPath = "/api/delivery/v1/events"

// listening is an open stream of events.
type listening struct {
	t      *testing.T
	answer *http.Response
	lines  *bufio.Reader
	hangUp context.CancelFunc
}

func listen(t *testing.T, url string) *listening {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+eventsPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return &listening{t, answer, bufio.NewReader(answer.Body), cancel}
}

// event is one of the stream, as its fields.
type event map[string]string

// next reads up to the next event; nil at the end of the stream.
func (l *listening) next() event {
	l.t.Helper()
	e := event{}
	for {
		line, err := l.lines.ReadString('\n')
		if err == io.EOF && len(e) == 0 {
			return nil
		}
		if err != nil {
			l.t.Fatalf("after %v %q: %v", e, line, err)
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch {
		case name != "":
			e[name] = value
		case len(e) > 0:
			return e
		}
	}
}

// state is the state of the first source of an event.
func (l *listening) state(e event) delivery.State {
	l.t.Helper()
	var sources []delivery.Source
	if err := json.Unmarshal([]byte(e["data"]), &sources); err != nil || e["event"] != "status" || len(sources) == 0 {
		l.t.Fatalf("event %v: %v", e, err)
	}
	return sources[0].State
}

func (w *world) setState(generation uint64, s delivery.State) {
	w.delivery.set(delivery.Status{Generation: generation, Sources: []delivery.Source{{Name: "a", State: s}}})
}

func TestEvents(t *testing.T) {
	w := newWorld(t)
	w.setState(7, delivery.Syncing)
	l := listen(t, w.url)
	h := l.answer.Header
	if l.answer.StatusCode != 200 || h.Get("Content-Type") != "text/event-stream" || h.Get("Cache-Control") != "no-store" || h.Get("Content-Encoding") != "" {
		t.Fatalf("%d %v", l.answer.StatusCode, h)
	}
	for i, want := range []struct {
		id    string
		state delivery.State
	}{{"7-0", delivery.Syncing}, {"8-1", delivery.Degraded}, {"8-2", delivery.Ready}} {
		if i > 0 {
			w.setState(8, want.state)
		}
		if e := l.next(); e["id"] != want.id || l.state(e) != want.state {
			t.Errorf("event %v, want %s and state %s", e, want.id, want.state)
		}
	}
	if a := w.must(200, "HEAD", eventsPath, ""); a.body != "" || a.header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("HEAD: %v %q", a.header, a.body)
	}
}

// TestEventsPace: changes close to each other make one event, which tells of the last; a calm stream shows that it is alive.
func TestEventsPace(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		w.setState(1, delivery.Syncing)
		ctx, cancel := context.WithCancel(t.Context())
		out := httptest.NewRecorder()
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.handler.ServeHTTP(out, httptest.NewRequestWithContext(ctx, http.MethodGet, eventsPath, nil))
		}()
		synctest.Wait()
		for range 10 {
			time.Sleep(eventPause / 20)
			w.setState(2, delivery.Degraded)
		}
		w.setState(3, delivery.Ready)
		time.Sleep(eventPause)
		time.Sleep(2*heartbeat + time.Second)
		cancel()
		<-done
		got := out.Body.String()
		if n := strings.Count(got, "event: status\n"); n != 2 || !strings.Contains(got, "id: 3-1\n") {
			t.Errorf("%d events, want the first state and the last:\n%s", n, got)
		}
		if n := strings.Count(got, ": still here\n\n"); n != 2 {
			t.Errorf("%d heartbeats in %s, want 2:\n%s", n, 2*heartbeat, got)
		}
	})
}

// TestEventsOutliveTimeouts: the deadlines of requests that come to an end are not for streams.
func TestEventsOutliveTimeouts(t *testing.T) {
	w := newWorld(t)
	const timeout = 100 * time.Millisecond
	server := httptest.NewUnstartedServer(w.handler)
	server.Config.ReadTimeout, server.Config.WriteTimeout = timeout, timeout
	server.Start()
	t.Cleanup(server.Close)
	w.setState(1, delivery.Syncing)
	l := listen(t, server.URL)
	l.next()
	time.AfterFunc(3*timeout, func() { w.setState(2, delivery.Ready) })
	if e := l.next(); e == nil || l.state(e) != delivery.Ready {
		t.Errorf("event %v, want the one after the timeout", e)
	}
}

// TestEventsEndWithTheServer: a server that stops does not wait for its streams.
func TestEventsEndWithTheServer(t *testing.T) {
	w := newWorld(t)
	running, stop := context.WithCancel(t.Context())
	server := httptest.NewUnstartedServer(w.handler)
	server.Config.BaseContext = func(net.Listener) context.Context { return running }
	server.Start()
	t.Cleanup(server.Close)
	w.setState(1, delivery.Ready)
	l := listen(t, server.URL)
	l.next()
	stop()
	if e := l.next(); e != nil {
		t.Errorf("event %v, want the end", e)
	}
	if err := server.Config.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestEventsAreBounded(t *testing.T) {
	w := newWorld(t)
	w.setState(1, delivery.Ready)
	open := make([]*listening, maxStreams)
	for i := range open {
		open[i] = listen(t, w.url)
		open[i].next()
	}
	w.refused(503, "service unavailable: 100 streams of events are open already", "GET", eventsPath, "")
	open[0].hangUp()
	deadline := time.Now().Add(10 * time.Second)
	for w.do("HEAD", eventsPath, "").status != 200 {
		if time.Now().After(deadline) {
			t.Fatal("the place of a client that hung up is not free")
		}
	}
}
