package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/perseid-dev/perseid/internal/buildinfo"
	"github.com/perseid-dev/perseid/internal/delivery"
)

const (
	readTimeout    = 30 * time.Second
	commandTimeout = 5 * time.Minute // a rollback of a large source is answered once it is done
	newsWait       = 20 * time.Second
	maxAnswer      = 256 << 20 // bytes
)

const deliveryAPI = "api/delivery/v1/"

// client asks a running server.
type client struct {
	base  *url.URL
	token string // bearer; "" for none
	http  *http.Client
}

func newClient(server string) (*client, error) {
	base, err := url.Parse(server)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, usage(fmt.Errorf("server %q: expected a URL such as %s", server, defaultServer))
	}
	return &client{base: base, http: &http.Client{}}, nil
}

// ask is one request. path is below the server's URL, percent-encoded.
type ask struct {
	method, path string
	query        url.Values
	body         any // sent as JSON; nil for none
	header       map[string]string
}

// get decodes the JSON answer of a path.
func (c *client) get(ctx context.Context, path string, query url.Values, into any) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	_, err := c.send(ctx, ask{method: http.MethodGet, path: path, query: query}, into)
	return err
}

// order has the server carry out a verb on a subject.
func (c *client) order(ctx context.Context, s subject, verb string, body any) error {
	return c.command(ctx, s, verb, nil, body, nil)
}

// try asks what a verb would change.
func (c *client) try(ctx context.Context, s subject, verb string, body any) (delivery.Preview, error) {
	preview := delivery.Preview{}
	err := c.command(ctx, s, verb, url.Values{"dryRun": {"true"}}, body, &preview)
	return preview, err
}

func (c *client) command(ctx context.Context, s subject, verb string, query url.Values, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	if body == nil {
		body = struct{}{}
	}
	_, err := c.send(ctx, ask{method: http.MethodPost, path: deliveryAPI + s.path() + "/" + verb, query: query, body: body}, into)
	return err
}

// news waits until the sources are others than those that tag stands for, for newsWait at most. An empty tag is answered at once.
// It returns the tag of what is now, which is the one it was given if nothing came.
func (c *client) news(ctx context.Context, tag string, into *[]delivery.Source) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	header := map[string]string{"Prefer": "wait=" + strconv.Itoa(int(newsWait.Seconds()))}
	if tag != "" {
		header["If-None-Match"] = tag
	}
	var sources []delivery.Source
	answer, err := c.send(ctx, ask{method: http.MethodGet, path: deliveryAPI + "sources", header: header}, &sources)
	if err != nil {
		return tag, err
	}
	if answer.StatusCode == http.StatusNotModified {
		return tag, nil
	}
	*into = sources
	return answer.Header.Get("ETag"), nil
}

func (c *client) send(ctx context.Context, a ask, into any) (*http.Response, error) {
	request, err := c.request(ctx, a)
	if err != nil {
		return nil, err
	}
	target := request.URL
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, c.unanswered(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	switch {
	case err != nil:
		return nil, c.unanswered(err)
	case answer.StatusCode == http.StatusNotModified:
		return answer, nil
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		return nil, refusal(target, answer, text)
	case into == nil:
		return answer, nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w (is this a Perseid server, and the URL complete with its api_prefix?)", target.Redacted(), err)
	}
	return answer, nil
}

func (c *client) request(ctx context.Context, a ask) (*http.Request, error) {
	target := c.base.JoinPath(a.path)
	target.RawQuery = a.query.Encode()
	var body []byte
	if a.body != nil {
		var err error
		if body, err = json.Marshal(a.body); err != nil {
			return nil, fmt.Errorf("ask %s: %w", target.Redacted(), err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, a.method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", target.Redacted(), err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "perseid/"+buildinfo.Get().Version)
	if a.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, value := range a.header {
		request.Header.Set(name, value)
	}
	return request, nil
}
