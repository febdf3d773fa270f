package proxy

import (
	"container/list"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

const (
	// maxTargets bounds the datasources whose connections are kept.
	maxTargets = 1000
	// maxIdle bounds the connections that are kept of one datasource; a dashboard asks for all its panels at once.
	maxIdle = 64
	// idleTimeout is how long they are kept.
	idleTimeout = 90 * time.Second
	// quiet is after how long a connection of HTTP/2 on which nothing arrives is tried, and then given up; TCP may not notice for long.
	quiet = 15 * time.Second
	// handshakeTimeout bounds agreeing on TLS.
	handshakeTimeout = 10 * time.Second
	// maxResponseHeader bounds what comes before a body, in bytes.
	maxResponseHeader = 256 << 10
)

// target is a datasource that is ready to be asked. It is immutable, but for its connections and its token.
type target struct {
	*definition
	credentials *credentials // nil for none
	transport   *http.Transport
	tokens      *tokens // nil without OAuth
	print       [sha256.Size]byte
}

// newTarget makes one. The settings of TLS are resolved.
func (p *Proxy) newTarget(d *definition, c *credentials, resolved tlsSettings) (*target, error) {
	t := &target{definition: d, credentials: c, print: printOf(d, c, resolved)}
	name := ""
	if c != nil {
		name = c.name
	}
	config, err := resolved.config(name)
	if err != nil {
		return nil, err
	}
	t.transport = p.guard.transport(p.Timeout)
	t.transport.TLSClientConfig = config
	if c != nil && c.oauth != nil {
		asking := p.guard.transport(tokenTimeout)
		asking.TLSClientConfig = resolved.forTokens(config)
		t.tokens = newTokens(c.oauth, &http.Client{Transport: asking})
	}
	return t, nil
}

// transport makes connections that the guard decides on.
func (g *guard) transport(timeout time.Duration) *http.Transport {
	return &http.Transport{
		DialContext: g.dial, Proxy: g.way, ForceAttemptHTTP2: true, DisableCompression: true,
		TLSHandshakeTimeout: handshakeTimeout, ResponseHeaderTimeout: timeout, ExpectContinueTimeout: time.Second,
		HTTP2:           &http.HTTP2Config{SendPingTimeout: quiet, PingTimeout: quiet},
		IdleConnTimeout: idleTimeout, MaxIdleConnsPerHost: maxIdle, MaxResponseHeaderBytes: maxResponseHeader,
	}
}

// authorization is the header to send, "" for none, and the token in it, if it is one that could be renewed.
func (t *target) authorization(ctx context.Context, f files) (string, *oauth2.Token, error) {
	if t.tokens != nil {
		token, err := t.tokens.get(ctx, f)
		if err != nil {
			return "", nil, err
		}
		return token.Type() + " " + token.AccessToken, token, nil
	}
	header, err := t.credentials.authorization(f)
	if user := t.url.User; header == "" && err == nil && user != nil {
		password, _ := user.Password()
		header = basicAuthorization(user.Username(), password)
	}
	return header, nil, err
}

// close lets go of idle connections. Those in use are closed once they are idle, by then or when they have been for long.
func (t *target) close() {
	t.transport.CloseIdleConnections()
	if t.tokens != nil {
		t.tokens.client.CloseIdleConnections()
	}
}

// printOf tells one target from another by all it is made of.
func printOf(d *definition, c *credentials, resolved tlsSettings) [sha256.Size]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %#v %#v", d.plugin, d.url, d.secret, d.headers, resolved)
	for _, e := range d.allowed {
		fmt.Fprintf(h, " %q %q", e.method, e.pattern)
	}
	if c != nil {
		fmt.Fprintf(h, " %q %#v %#v", c.name, c.basic, c.bearer)
		if o := c.oauth; o != nil {
			fmt.Fprintf(h, " %q %#v %q %q %q %d", o.config.ClientID, o.secret, o.config.TokenURL, o.config.Scopes, o.config.EndpointParams, o.config.AuthStyle)
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// targets are those that are kept, the least recently used going first.
type targets struct {
	mu    sync.Mutex
	most  int
	order *list.List // of *held
	byKey map[string]*list.Element
}

// held is a target with the versions of the documents it was made of.
type held struct {
	key              string
	document, secret [32]byte  // canonical hashes; zero for no secret
	checked          time.Time // when files were read last
	target           *target
}

func newTargets(most int) *targets {
	return &targets{most: most, order: list.New(), byKey: map[string]*list.Element{}}
}

func (t *targets) get(key string) (held, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.byKey[key]
	if !ok {
		return held{}, false
	}
	t.order.MoveToFront(e)
	return *e.Value.(*held), true
}

// put keeps a target in the place of the one before.
func (t *targets) put(h held) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e, ok := t.byKey[h.key]; ok {
		if before := e.Value.(*held).target; before != h.target {
			before.close()
		}
		e.Value = &h
		t.order.MoveToFront(e)
		return
	}
	t.byKey[h.key] = t.order.PushFront(&h)
	if t.order.Len() > t.most {
		t.remove(t.order.Back())
	}
}

func (t *targets) drop(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e, ok := t.byKey[key]; ok {
		t.remove(e)
	}
}

func (t *targets) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.order.Len() > 0 {
		t.remove(t.order.Back())
	}
}

// remove is for who holds mu.
func (t *targets) remove(e *list.Element) {
	gone := t.order.Remove(e).(*held)
	delete(t.byKey, gone.key)
	gone.target.close()
}
