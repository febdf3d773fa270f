package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/test/input"
)

// The sorts of questions, as the report names them.
const (
	getting   = "get one"
	listing   = "list metadata"
	searching = "list by name"
	whole     = "list everything"
	watching  = "events"
	dawdling  = "list everything, slowly"
	asking    = "status of documents"
)

const dashboards = "/api/v1/projects/" + input.Project + "/dashboards"

// reader is somebody who asks again and again.
type reader struct {
	pause time.Duration // between two questions
	ask   func(context.Context, *caller)
}

// readers of a server with so many dashboards.
func readers(n int) []reader {
	services := []string{"checkout", "catalogue", "gateway", "mounted", "ledger"}
	get := reader{20 * time.Millisecond, func(ctx context.Context, c *caller) {
		c.read(ctx, getting, dashboards+"/"+input.Name(c.rand.IntN(n)))
	}}
	list := reader{time.Second, func(ctx context.Context, c *caller) { c.read(ctx, listing, dashboards+"?metadata_only=true") }}
	return []reader{
		get, get, list, list,
		{2 * time.Second, func(ctx context.Context, c *caller) {
			c.read(ctx, searching, "/api/v1/dashboards?name="+services[c.rand.IntN(len(services))])
		}},
		{15 * time.Second, func(ctx context.Context, c *caller) { c.read(ctx, whole, dashboards) }},
		{5 * time.Second, func(ctx context.Context, c *caller) {
			c.ask(ctx, asking, http.MethodGet, "/api/delivery/v1/documents", nil)
		}},
		{100 * time.Millisecond, watch}, {100 * time.Millisecond, watch}, {100 * time.Millisecond, watch}, {time.Second, watch},
		{time.Second, dawdle}, {time.Second, dawdle},
	}
}

// watch follows the events for a while, and hangs up.
func watch(ctx context.Context, c *caller) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(c.rand.IntN(20_000))*time.Millisecond)
	defer cancel()
	answer := c.open(ctx, watching, "/api/delivery/v1/events")
	if answer == nil {
		return
	}
	defer answer.Body.Close()
	lines, first := bufio.NewScanner(answer.Body), true
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if first && !strings.HasPrefix(lines.Text(), "event: status") {
			c.tally.fault("events: the stream begins with %q", lines.Text())
		}
		first = false
	}
	if ctx.Err() == nil {
		c.tally.fault("events: the server ended the stream: %v", lines.Err())
	}
	c.tally.drop(watching)
}

// dawdle reads a long answer in small bites, and goes before its end.
func dawdle(ctx context.Context, c *caller) {
	answer := c.open(ctx, dawdling, "/api/v1/dashboards")
	if answer == nil {
		return
	}
	defer answer.Body.Close()
	for range c.rand.IntN(200) {
		if _, err := io.CopyN(io.Discard, answer.Body, 16<<10); err != nil || !sleep(ctx, 50*time.Millisecond) {
			return
		}
	}
	c.tally.drop(dawdling)
}

// open asks and leaves the body to be read, on a connection of its own; nil if there is no answer to read.
func (c *caller) open(ctx context.Context, sort, path string) *http.Response {
	c.client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.server.url+path, http.NoBody)
	if err != nil {
		panic(err) // the path is ours
	}
	begun := time.Now()
	client := http.Client{Transport: c.client.Transport}
	answer, err := client.Do(request)
	if err != nil {
		if ctx.Err() == nil {
			c.tally.fault("%s: %v", sort, err)
		}
		return nil
	}
	c.tally.answer(sort, answer.StatusCode, time.Since(begun))
	return answer
}
