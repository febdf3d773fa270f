package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/buildinfo"
	"github.com/perseid-dev/perseid/internal/problem"
)

const (
	clientTimeout = 30 * time.Second
	maxAnswer     = 256 << 20 // bytes
)

// client asks a running server.
type client struct {
	base *url.URL
	http *http.Client
}

func newClient(server string) (*client, error) {
	base, err := url.Parse(server)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, usage(fmt.Errorf("server %q: expected a URL such as %s", server, defaultServer))
	}
	return &client{base: base, http: &http.Client{Timeout: clientTimeout}}, nil
}

// get decodes the JSON answer of a path below the server's URL.
func (c *client) get(ctx context.Context, path string, query url.Values, into any) error {
	target := c.base.JoinPath(path)
	target.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", target.Redacted(), err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "perseid/"+buildinfo.Get().Version)
	answer, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("ask the server: %w (is it running? --server or PERSEID_SERVER says where)", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", target.Redacted(), err)
	}
	if answer.StatusCode != http.StatusOK {
		return refusal(target, answer, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("read the answer of %s: %w (is this a Perseid server, and the URL complete with its api_prefix?)", target.Redacted(), err)
	}
	return nil
}

// refusal is the error of an answer that is not 200.
func refusal(target *url.URL, answer *http.Response, body []byte) error {
	var said struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(body, &said) // what is not JSON says nothing
	text := strings.TrimSpace(answer.Status + " " + printable(said.Message))
	err := fmt.Errorf("%s answered %s", target.Redacted(), text)
	switch answer.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return &problem.Failure{Class: problem.Unauthorized, Detail: err.Error(), Err: err}
	}
	return err
}
