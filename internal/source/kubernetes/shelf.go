package kubernetes

import (
	"fmt"
	"time"

	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/source"
)

// shelf is what one stream showed: the objects of one kind in one namespace, or in all. The run's lock guards all but the first two.
type shelf struct {
	query  kube.Query
	stream *kube.Stream

	objects map[string]*held // by prefix
	listing int              // counts the lists that were begun
	within  bool             // a list is being made
	listed  bool             // one was completed, ever
	awaited bool             // a snapshot waits for the list that was asked for, or for the stream to fail
}

// begin notes that a list begins.
func (s *shelf) begin() {
	s.listing++
	s.within = true
}

// complete forgets what the list that ends now did not show.
func (s *shelf) complete() {
	for prefix, h := range s.objects {
		if h.listing != s.listing {
			delete(s.objects, prefix)
		}
	}
	s.within, s.listed, s.awaited = false, true, false
}

// put keeps what was taken of an object.
func (s *shelf) put(h *held) {
	h.listing = s.listing
	s.objects[h.prefix] = h
}

// isWaited says whether a snapshot has to wait for this stream. One that fails has had its chance.
func (s *shelf) isWaited() bool {
	return s.awaited && s.stream.Status().Failing.IsZero()
}

// unread is the scope that the stream cannot vouch for now, if there is one.
func (s *shelf) unread() (u source.Unread, unread bool) {
	status := s.stream.Status()
	switch {
	case !status.Failing.IsZero():
		u.Reason = fmt.Sprintf("%s cannot be followed since %s: %s", s.words(), status.Failing.UTC().Format(time.RFC3339), status.Err)
	case !s.listed:
		u.Reason = s.words() + " are not read yet"
	default:
		return u, false
	}
	if s.query.Namespace != "" {
		u.Prefix = s.query.Namespace + "/" + s.query.Resource.Kind() + "/"
	}
	return u, true
}

// words names the stream.
func (s *shelf) words() string {
	if s.query.Namespace == "" {
		return string(s.query.Resource) + " in all namespaces"
	}
	return string(s.query.Resource) + " in namespace " + s.query.Namespace
}

// shelves makes a shelf for each stream of the options, in listing order.
func shelves(o Options) []*shelf {
	var all []*shelf
	for _, r := range o.Resources {
		for _, ns := range o.Namespaces {
			s := &shelf{query: kube.Query{Resource: r, Namespace: ns, Selector: o.Selector}, objects: map[string]*held{}, awaited: true}
			s.stream = o.Client.Stream(kube.StreamOptions{
				Query: s.query, Names: names(o.Names, r, ns), Poll: o.Poll,
				ServerTimeout: o.ServerTimeout, ReadTimeout: o.ReadTimeout, RetryDelay: o.RetryDelay,
			})
			all = append(all, s)
		}
	}
	return all
}

// names are those that belong to a stream. They have no meaning in all namespaces at once.
func names(all []ObjectName, r kube.Resource, namespace string) (names []string) {
	for _, n := range all {
		if namespace != "" && (n.Resource == "" || n.Resource == r) && (n.Namespace == "" || n.Namespace == namespace) {
			names = append(names, n.Name)
		}
	}
	return names
}
