package kube

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/kube/kubetest"
)

// told keeps what a stream told, as text.
type told struct {
	*Stream
	lines chan string
}

func client(t testing.TB, f *kubetest.Front) *Client {
	t.Helper()
	c, err := Open(Config{Kubeconfig: f.Kubeconfig(t)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// follow runs a stream until the test ends.
func follow(t testing.TB, f *kubetest.Front, o StreamOptions) *told {
	t.Helper()
	if o.Resource == "" {
		o.Resource = ConfigMaps
	}
	s := &told{Stream: client(t, f).Stream(o), lines: make(chan string, 1000)}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx, func(e Event) { s.lines <- line(s.Stream, e) }) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return s
}

func line(s *Stream, e Event) string {
	switch e.Type {
	case Seen:
		var values []string
		for _, v := range e.Object.Values {
			values = append(values, fmt.Sprintf("%s=%s", v.Key, v.Data))
		}
		return fmt.Sprintf("seen %s/%s %s", e.Object.Namespace, e.Object.Name, strings.Join(values, " "))
	case Gone:
		return fmt.Sprintf("gone %s/%s", e.Object.Namespace, e.Object.Name)
	case Changed:
		if st := s.Status(); !st.Failing.IsZero() {
			return "failing: " + st.Err
		}
		return "well"
	}
	return map[EventType]string{Listing: "listing", Listed: "listed"}[e.Type]
}

// expect wants exactly these lines next; one that ends in … is a beginning.
func (s *told) expect(t testing.TB, want ...string) {
	t.Helper()
	for _, w := range want {
		select {
		case got := <-s.lines:
			if prefix, ok := strings.CutSuffix(w, "…"); got != w && !(ok && strings.HasPrefix(got, prefix)) {
				t.Fatalf("told %q, want %q", got, w)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("waited in vain for %q", w)
		}
	}
}

func configMap(name, value string) kubetest.Object {
	return kubetest.Object{Namespace: "n", Name: name, Data: map[string]string{"k": value}}
}

func TestStreamedList(t *testing.T) {
	f := kubetest.New(t)
	f.Put(configMap("a", "1"))
	s := follow(t, f, StreamOptions{Query: Query{Namespace: "n", Selector: "x=y"}})
	s.expect(t, "listing", "seen n/a k=1", "listed")
	f.Put(configMap("b", "2"))
	s.expect(t, "seen n/b k=2")
	f.Delete(configMap("a", ""))
	s.expect(t, "gone n/a")
	want := []string{
		"/api/v1/namespaces/n/configmaps?allowWatchBookmarks=true&labelSelector=x%3Dy&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&watch=true",
		"/api/v1/namespaces/n/configmaps?allowWatchBookmarks=true&labelSelector=x%3Dy&resourceVersion=101&timeoutSeconds=60&watch=true",
	}
	if diff := cmp.Diff(want, f.Requests()); diff != "" {
		t.Error(diff)
	}
	if st := s.Status(); !st.Synced || st.Contact.IsZero() || !st.Failing.IsZero() || st.Reconnects != 0 {
		t.Errorf("status: %+v", st)
	}
}

// A connection that breaks is resumed, and no outage.
func TestResumes(t *testing.T) {
	f := kubetest.New(t)
	f.Put(configMap("a", "1"))
	s := follow(t, f, StreamOptions{})
	s.expect(t, "listing", "seen n/a k=1", "listed")
	f.Put(configMap("a", "2"))
	s.expect(t, "seen n/a k=2")
	f.Break()
	f.Delete(configMap("a", ""))
	s.expect(t, "gone n/a")
	if last := f.Requests()[2]; !strings.Contains(last, "resourceVersion=102&") {
		t.Errorf("resumed by %s", last)
	}
}

// A revision that expired leads to a list, which is no outage.
func TestExpiredRevision(t *testing.T) {
	f := kubetest.New(t)
	f.Put(configMap("a", "1"))
	f.Put(configMap("b", "2"))
	s := follow(t, f, StreamOptions{})
	s.expect(t, "listing", "seen n/a k=1", "seen n/b k=2", "listed")
	for len(f.Requests()) < 2 {
		time.Sleep(time.Millisecond)
	}
	f.Refuse(&kubetest.Refusal{Code: http.StatusServiceUnavailable, Message: "away"})
	s.expect(t, "failing: 503: away")
	f.Delete(configMap("a", ""))
	f.Forget()
	f.Refuse(nil)
	s.expect(t, "listing", "seen n/b k=2", "listed", "well")
}

func TestPages(t *testing.T) {
	for name, prepare := range map[string]func(*kubetest.Front){
		"refused": (*kubetest.Front).RefuseStreams, "ignored": (*kubetest.Front).IgnoreStreams,
	} {
		t.Run(name, func(t *testing.T) {
			f := kubetest.New(t)
			prepare(f)
			want := []string{}
			for i := range PageSize + 1 {
				f.Put(configMap(fmt.Sprintf("%03d", i), "x"))
				want = append(want, fmt.Sprintf("seen n/%03d k=x", i))
			}
			s := follow(t, f, StreamOptions{})
			if name == "ignored" {
				s.expect(t, append([]string{"listing"}, want...)...)
			}
			s.expect(t, append([]string{"listing"}, want...)...)
			s.expect(t, "listed")
			f.Put(configMap("y", "2"))
			s.expect(t, "seen n/y k=2")
			if n := len(f.Requests()); n != 4 { // in vain, two pages, a watch
				t.Errorf("%d requests: %q", n, f.Requests())
			}
		})
	}
}

// A list that breaks off is begun again, and never completed by what it lacks.
func TestListBreaksOff(t *testing.T) {
	for name, prepare := range map[string]func(*kubetest.Front){"stream": func(*kubetest.Front) {}, "pages": (*kubetest.Front).RefuseStreams} {
		t.Run(name, func(t *testing.T) {
			f := kubetest.New(t)
			prepare(f)
			for i := range 3 {
				f.Put(configMap(fmt.Sprint(i), strings.Repeat("x", 1000)))
			}
			f.BreakAfter(3)
			s := follow(t, f, StreamOptions{})
			s.expect(t, "listing", "seen n/0…", "seen n/1…")
			s.expect(t, "listing", "seen n/0…", "seen n/1…", "failing: no connection: unexpected EOF")
			if s.Status().Synced {
				t.Error("a list that broke off counts as complete")
			}
			f.BreakAfter(0)
			s.expect(t, "listing", "seen n/0…", "seen n/1…", "seen n/2…", "listed", "well")
		})
	}
}

// A server that says nothing any more is noticed, before an answer and in the middle of a watch.
func TestSilence(t *testing.T) {
	f := kubetest.New(t)
	s := follow(t, f, StreamOptions{ReadTimeout: 100 * time.Millisecond, ServerTimeout: time.Second})
	s.expect(t, "listing", "listed", "failing: no connection: nothing was heard for 100ms")
	f.Silence(true)
	eventually(t, func() bool {
		return !s.Status().Failing.IsZero() && time.Since(s.Status().Contact) > 300*time.Millisecond
	})
	f.Put(configMap("a", "1"))
	f.Silence(false)
	for got := ""; got != "seen n/a k=1"; {
		select {
		case got = <-s.lines:
		case <-time.After(10 * time.Second):
			t.Fatal("what happened in the silence is not seen")
		}
	}
}

func eventually(t testing.TB, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

func TestRelistAndNames(t *testing.T) {
	f := kubetest.New(t)
	f.Put(configMap("a", "1"))
	s := follow(t, f, StreamOptions{})
	s.expect(t, "listing", "seen n/a k=1", "listed")
	s.Relist()
	s.expect(t, "listing", "seen n/a k=1", "listed")
	named := follow(t, f, StreamOptions{Query: Query{Namespace: "n"}, Poll: time.Hour, Names: []string{"absent", "a"}})
	named.expect(t, "listing", "seen n/a k=1", "listed")
	f.Delete(configMap("a", ""))
	named.Relist()
	named.expect(t, "listing", "listed")
}

// The pauses between attempts double, with jitter, up to the longest; a server that asks for more gets it.
func TestDelay(t *testing.T) {
	refused := &StatusError{Code: 429, RetryAfter: time.Minute}
	for _, test := range []struct {
		attempts  int
		err       error
		low, high time.Duration
	}{
		{1, ErrInterrupted, firstDelay / 2, firstDelay}, {3, ErrInterrupted, 2 * firstDelay, 4 * firstDelay},
		{10, ErrInterrupted, 5 * time.Second, 10 * time.Second}, {1000, ErrInterrupted, 5 * time.Second, 10 * time.Second},
		{1, refused, time.Minute, time.Minute}, {1, &StatusError{RetryAfter: 24 * time.Hour}, maxRetryAfter, maxRetryAfter},
	} {
		f := &follower{Stream: &Stream{o: StreamOptions{RetryDelay: 10 * time.Second}}, attempts: test.attempts}
		for range 100 {
			if d := f.delay(test.err); d < test.low || d > test.high {
				t.Errorf("after %d attempts and %v: %v", test.attempts, test.err, d)
			}
		}
	}
}
