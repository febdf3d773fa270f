package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The types of frames in a watch.
const (
	frameAdded    = "ADDED"
	frameModified = "MODIFIED"
	frameDeleted  = "DELETED"
	frameBookmark = "BOOKMARK"
	frameError    = "ERROR"
)

// errUnlisted says that a server took the parameters for streaming a list and did not do it.
var errUnlisted = &StatusError{Code: http.StatusNotAcceptable, Message: "the server does not mark the end of a streamed list"}

// watch resumes at the revision, and follows what happens since until the server ends it.
func (f *follower) watch(ctx context.Context) error {
	p := f.watchParameters()
	p.Set("resourceVersion", f.revision)
	p.Set("timeoutSeconds", strconv.Itoa(max(1, int(f.o.ServerTimeout/time.Second))))
	answer, err := f.client.request(ctx, http.MethodGet, f.o.path(), p, nil, f.o.ReadTimeout)
	if err != nil {
		return expiry(err)
	}
	defer answer.Close()
	started, heard := time.Now(), false
	f.answered = true
	if f.well(false) {
		f.tell(Event{Type: Changed})
	}
	err = f.frames(newBody(answer), func(kind string) (bool, error) {
		heard, f.revision, f.attempts = true, f.object.ResourceVersion, 0
		return false, nil
	})
	if time.Since(started) >= briefly {
		f.attempts = 0
	} else if err == io.EOF && !heard {
		return fmt.Errorf("%w: the server ended the watch at once", ErrInterrupted)
	}
	if err == io.EOF {
		return nil
	}
	return expiry(err)
}

// streamList has the server stream everything that is there, and ends the watch where the list does: what follows is for a watch that
// may be silent no longer than agreed.
func (f *follower) streamList(ctx context.Context) error {
	p := f.watchParameters()
	p.Set("sendInitialEvents", "true")
	p.Set("resourceVersionMatch", string(metav1.ResourceVersionMatchNotOlderThan))
	answer, err := f.client.request(ctx, http.MethodGet, f.o.path(), p, nil, f.o.ReadTimeout)
	if err != nil {
		return err
	}
	defer answer.Close()
	f.answered = true
	f.contact()
	f.tell(Event{Type: Listing})
	err = f.frames(newBody(answer), func(kind string) (bool, error) {
		if kind != frameBookmark {
			return false, nil
		}
		if f.object.Annotations[metav1.InitialEventsAnnotationKey] != "true" {
			return false, errUnlisted
		}
		return true, nil
	})
	if err != nil {
		return whole(err)
	}
	f.complete(f.object.ResourceVersion)
	return nil
}

func (f *follower) watchParameters() url.Values {
	p := f.o.parameters()
	p.Set("watch", "true")
	p.Set("allowWatchBookmarks", "true")
	return p
}

// frames tells of each frame, and then shows its type, until that is enough. io.EOF says that the server ended the watch.
func (f *follower) frames(b *body, told func(kind string) (enough bool, err error)) error {
	for {
		frame, err := b.frame()
		if err != nil {
			return err
		}
		f.contact()
		kind, err := f.frame(frame)
		if err != nil {
			return err
		}
		if enough, err := told(kind); enough || err != nil {
			return err
		}
	}
}

// frame tells of one frame.
func (f *follower) frame(data []byte) (kind string, err error) {
	kind, message, err := decodeEvent(data)
	if err != nil {
		return "", err
	}
	if kind == frameError {
		return "", frameStatus(message)
	}
	if err := f.object.decode(f.o.Resource, message); err != nil {
		return "", err
	}
	switch kind {
	case frameAdded, frameModified:
		f.tell(Event{Type: Seen, Object: &f.object})
	case frameDeleted:
		f.tell(Event{Type: Gone, Object: &f.object})
	}
	return kind, nil
}

// frameStatus is the error that a server sends in place of further events.
func frameStatus(message []byte) error {
	var status metav1.Status
	if err := status.Unmarshal(message); err != nil {
		return err
	}
	return (&StatusError{Code: http.StatusInternalServerError, Message: "the server ended the watch"}).of(&status)
}

// expiry tells an expired revision from other refusals. A revision that is too large is that of a server whose database was set back.
func expiry(err error) error {
	var s *StatusError
	if errors.As(err, &s) && (s.Code == http.StatusGone || s.Code == http.StatusGatewayTimeout) {
		return fmt.Errorf("%w: %w", errExpired, err)
	}
	return err
}
