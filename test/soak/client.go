package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// caller asks one server, and reconnects every so often.
type caller struct {
	server *server
	tally  *tally
	rand   *rand.Rand
	client *http.Client
	left   int // questions until the next connection
	tags   map[string]tagged
}

// tagged is an answer that was seen, and what it was called.
type tagged struct {
	path string
	tag  string
	sum  [32]byte
}

const (
	perConnection = 40
	maxTags       = 400
	answerWithin  = time.Minute
)

func newCaller(s *server, t *tally, seed, number uint64) *caller {
	return &caller{
		server: s, tally: t, rand: rand.New(rand.NewPCG(seed, number)), tags: map[string]tagged{},
		client: &http.Client{Transport: &http.Transport{}, Timeout: answerWithin},
	}
}

// reconnect closes the connection after a number of questions.
func (c *caller) reconnect() {
	if c.left--; c.left < 0 {
		c.client.CloseIdleConnections()
		c.left = c.rand.IntN(perConnection)
	}
}

// ask asks and reads the answer to its end. Status 0: there was none, which is a fault unless we were told to stop.
func (c *caller) ask(ctx context.Context, sort, method, path string, body []byte, header ...string) (int, http.Header, []byte) {
	c.reconnect()
	request, err := http.NewRequestWithContext(ctx, method, c.server.url+path, bytes.NewReader(body))
	if err != nil {
		panic(err) // method and path are ours
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	begun := time.Now()
	answer, err := c.client.Do(request)
	var data []byte
	if err == nil {
		data, err = io.ReadAll(answer.Body)
		answer.Body.Close()
	}
	if err != nil {
		if ctx.Err() == nil {
			c.tally.fault("%s: %v", sort, err)
		}
		return 0, nil, nil
	}
	c.tally.answer(sort, answer.StatusCode, time.Since(begun))
	return answer.StatusCode, answer.Header, data
}

// read asks for a document or a list, as one who knows some of the answers already, and checks that an ETag names one answer only.
func (c *caller) read(ctx context.Context, sort, path string) {
	known, header := c.tags[path], []string(nil)
	if known.tag != "" && c.rand.IntN(2) == 0 {
		header = []string{"If-None-Match", known.tag}
	}
	status, got, body := c.ask(ctx, sort, http.MethodGet, path, nil, header...)
	switch {
	case status == http.StatusNotModified && header == nil:
		c.tally.fault("%s: %s: 304, though nothing was said to be known", sort, path)
	case status == http.StatusNotModified && strong(got) != known.tag:
		c.tally.fault("%s: %s: 304 with tag %s, asked with %s", sort, path, strong(got), known.tag)
	case status == http.StatusOK:
		now := tagged{path: path, tag: strong(got), sum: sha256.Sum256(body)}
		if (now.tag == known.tag) != (now.sum == known.sum) && (now.tag == known.tag || sort == getting) {
			c.tally.fault("%s: %s: tag %s and then %s, bodies equal: %v", sort, path, known.tag, now.tag, now.sum == known.sum)
		}
		if len(c.tags) > maxTags {
			clear(c.tags)
		}
		c.tags[path] = now
	}
}

// strong is the tag of an answer, whether it was compressed on the way or not.
func strong(h http.Header) string { return strings.TrimPrefix(h.Get("ETag"), "W/") }
