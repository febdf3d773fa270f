package proxy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

const (
	// tokenTimeout bounds asking for a token.
	tokenTimeout = 30 * time.Second
	// tokenMargin is how long before its end a token is not used any more.
	tokenMargin = 10 * time.Second
	// tokenPause is how long after a failure nobody asks again: the panels of a dashboard all ask at once.
	tokenPause = time.Second
)

// oauth is the block of that name of a secret.
type oauth struct {
	config *clientcredentials.Config // the secret is set whenever a token is asked for
	secret value
}

func readOAuth(b *resource.Value, secret value) *oauth {
	o := &oauth{secret: secret, config: &clientcredentials.Config{
		ClientID: b.Str("clientID"), TokenURL: b.Str("tokenURL"), Scopes: texts(b.Get("scopes")), EndpointParams: url.Values{},
	}}
	if params := b.Get("endpointParams"); params != nil {
		for i := range params.Fields {
			o.config.EndpointParams[params.Fields[i].Name] = texts(&params.Fields[i].Value)
		}
	}
	if style := b.Get("authStyle"); style != nil && style.Type == resource.Number {
		n, _ := strconv.Atoi(style.Text) // anything else is a style that nobody knows, and so is found out
		o.config.AuthStyle = oauth2.AuthStyle(n)
	}
	return o
}

func texts(list *resource.Value) (found []string) {
	if list == nil {
		return nil
	}
	for _, item := range list.Items {
		if item.Type == resource.String {
			found = append(found, item.Text)
		}
	}
	return found
}

// tokens keeps the token of one secret, by the grant of client credentials (RFC 6749 §4.4).
type tokens struct {
	oauth  *oauth
	client *http.Client
	now    func() time.Time

	mu     sync.Mutex
	token  *oauth2.Token
	failed error     // of the last time, until retry
	retry  time.Time // when to ask again after a failure
	asking *asking
}

// asking is one request for a token, on behalf of all who wait.
type asking struct {
	done  chan struct{}
	token *oauth2.Token
	err   error
}

func newTokens(o *oauth, client *http.Client) *tokens {
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the secret is for that URL alone
	return &tokens{oauth: o, client: client, now: time.Now}
}

// get is a token that is good for a while, asked for if need be. Whoever asks finishes even if their own client is gone: others may wait.
func (t *tokens) get(ctx context.Context, f files) (*oauth2.Token, error) {
	t.mu.Lock()
	now := t.now()
	switch {
	case t.good(now):
		defer t.mu.Unlock()
		return t.token, nil
	case t.failed != nil && now.Before(t.retry):
		defer t.mu.Unlock()
		return nil, t.failed
	}
	if a := t.asking; a != nil {
		t.mu.Unlock()
		select {
		case <-a.done:
			return a.token, a.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	a := &asking{done: make(chan struct{})}
	t.asking = a
	t.mu.Unlock()
	a.token, a.err = t.ask(context.WithoutCancel(ctx), f)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.failed, t.retry, t.asking = a.token, a.err, t.now().Add(tokenPause), nil
	close(a.done)
	return a.token, a.err
}

func (t *tokens) good(now time.Time) bool {
	return t.token != nil && (t.token.Expiry.IsZero() || now.Add(tokenMargin).Before(t.token.Expiry))
}

// drop forgets a token that a datasource did not take.
func (t *tokens) drop(refused *oauth2.Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == refused {
		t.token = nil
	}
}

func (t *tokens) ask(ctx context.Context, f files) (*oauth2.Token, error) {
	secret, err := f.read(t.oauth.secret)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	t.oauth.config.ClientSecret = secret // one asks at a time
	token, err := t.oauth.config.Token(context.WithValue(ctx, oauth2.HTTPClient, t.client))
	if err != nil {
		return nil, noToken(f.secret, err)
	}
	return token, nil
}

// noToken says why there is none. What the server answered may hold anything, and is not shown.
func noToken(secret string, err error) error {
	why := said(err)
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) && answer.Response != nil {
		why, err = "it answered "+strconv.Itoa(answer.Response.StatusCode), nil // nor logged
	}
	class := problem.Upstream
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		class = problem.Forbidden
	}
	return &problem.Failure{Class: class, Detail: fmt.Sprintf("no token from the tokenURL of secret %q: %s", secret, why), Err: err}
}
