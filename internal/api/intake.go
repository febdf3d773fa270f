package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"

	"github.com/perseid-dev/perseid/internal/problem"
)

const (
	// maxBody is the largest document we read, in bytes: several times what fits into a ConfigMap.
	maxBody = 8 << 20
	// maxReceived bounds the bytes of all bodies that are held at once, however many clients send.
	maxReceived = 64 << 20
	// heavyBody is from where a body takes its turn: decoded, it may take a hundred times the memory of its bytes.
	heavyBody = 256 << 10
	// heavyBodies is how many of those are worked on at once.
	heavyBodies = 1
)

// intake bounds what all requests together make us hold.
type intake struct {
	received atomic.Int64  // bytes of bodies
	heavy    chan struct{} // holds a token for each heavy body that is worked on
}

func newIntake() *intake { return &intake{heavy: make(chan struct{}, heavyBodies)} }

// body reads a request's body, up to maxBody. The caller calls done once nothing that was made of it is held any more;
// it is not nil where err is.
func (in *intake) body(w http.ResponseWriter, r *http.Request) (data []byte, done func(), err error) {
	if err := plain(r); err != nil {
		return nil, nil, err
	}
	bounded := http.MaxBytesReader(w, r.Body, maxBody)
	counted := &countedReader{in: in, from: bounded}
	if data, err = io.ReadAll(counted); err != nil {
		counted.forget()
		if errors.Is(err, errFull) {
			_, _ = io.Copy(io.Discard, bounded) // a client that is still sending would not see the answer
		}
		return nil, nil, unread(err)
	}
	if len(data) < heavyBody {
		return data, counted.forget, nil
	}
	select {
	case in.heavy <- struct{}{}:
		return data, func() { <-in.heavy; counted.forget() }, nil
	case <-r.Context().Done():
		counted.forget()
		return nil, nil, r.Context().Err()
	}
}

// plain refuses a body that is compressed: what it would become has no bound, and no client of Perses sends one.
func plain(r *http.Request) error {
	for _, value := range r.Header.Values("Content-Encoding") {
		if value = strings.TrimSpace(value); value != "" && !strings.EqualFold(value, "identity") {
			return problem.New(problem.MediaType, fmt.Sprintf("the body has Content-Encoding %.40q; send it uncompressed", value))
		}
	}
	return nil
}

var errFull = errors.New("too much is being received")

// unread says why a body could not be read.
func unread(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return &problem.Failure{Class: problem.TooLarge, Detail: fmt.Sprintf("a document may have %d bytes; split it, or keep large values outside of it", large.Limit), Err: err}
	case errors.Is(err, errFull):
		return problem.New(problem.Unavailable, "too many large documents are being received at once, try again")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return problem.New(problem.Slow, "the body did not arrive in time; send it faster, or in smaller parts")
	}
	return &problem.Failure{Class: problem.Invalid, Detail: "the body could not be read to its end; send as many bytes as Content-Length says", Err: err}
}

// countedReader counts what it reads as received, until it is forgotten.
type countedReader struct {
	in   *intake
	from io.Reader
	n    int64
}

// Read implements io.Reader.
func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	if c.in.received.Add(int64(n)) > maxReceived {
		return n, errFull
	}
	return n, err
}

func (c *countedReader) forget() { c.in.received.Add(-c.n) }
