package proxy

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// issuer gives out tokens, numbered, and remembers what it was asked for.
type issuer struct {
	mu      sync.Mutex
	given   int
	lifeSec int // of a token; 0 does not say
	asked   []string
	broken  atomic.Bool
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	_ = r.ParseForm()
	id, secret, inHeader := r.BasicAuth()
	i.asked = append(i.asked, fmt.Sprintf("%s:%s %v %s", id, secret, inHeader, r.PostForm.Encode()))
	if i.broken.Load() {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"error":"access_denied","error_description":"the-secret"}`))
		return
	}
	i.given++
	w.Header().Set("Content-Type", "application/json")
	expires := ""
	if i.lifeSec > 0 {
		expires = fmt.Sprintf(`,"expires_in":%d`, i.lifeSec)
	}
	fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"bearer"%s}`, i.given, expires)
}

func newIssuer(t *testing.T, lifeSec int) (*issuer, string) {
	i := &issuer{lifeSec: lifeSec}
	return i, upstream(t, i.token).URL
}

func TestOAuth(t *testing.T) {
	w := newWorld(t)
	issuer, url := newIssuer(t, 3600)
	var refuse atomic.Bool
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if refuse.Load() {
			w.WriteHeader(http.StatusUnauthorized)
		}
		showAuthorization(w, r)
	})
	w.secret(`{"oauth":{"clientID":"me","clientSecret":"it","tokenURL":"` + url + `","scopes":["read","more"],"endpointParams":{"audience":["prometheus"]},"authStyle":1}}`)
	w.datasource(up.URL, withSecret)
	for range 3 {
		w.says(200, "Bearer token-1", "GET", toD)
	}
	if diff := cmp.Diff([]string{": false audience=prometheus&client_id=me&client_secret=it&grant_type=client_credentials&scope=read+more"}, issuer.asked); diff != "" {
		t.Error(diff)
	}
	// A token that is not taken is not used again.
	refuse.Store(true)
	w.says(401, "Bearer token-1", "GET", toD)
	refuse.Store(false)
	w.says(200, "Bearer token-2", "GET", toD)
	// Another secret is another client.
	w.secret(`{"oauth":{"clientID":"me","clientSecret":"new","tokenURL":"` + url + `","authStyle":2}}`)
	w.says(200, "Bearer token-3", "GET", toD)
	if last := issuer.asked[len(issuer.asked)-1]; last != "me:new true grant_type=client_credentials" {
		t.Error(last)
	}
}

// TestOAuthTogether: the panels of a dashboard ask at once, and for one token.
func TestOAuthTogether(t *testing.T) {
	w := newWorld(t)
	issuer, url := newIssuer(t, 3600)
	up := upstream(t, showAuthorization)
	w.secret(`{"oauth":{"clientID":"me","clientSecret":"it","tokenURL":"` + url + `","authStyle":1}}`)
	w.datasource(up.URL, withSecret)
	way := route{global: true, name: "d"}
	found, err := w.proxy.find(way)
	must(t, err)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if token, err := found.tokens.get(t.Context(), found.files); err != nil || token.AccessToken != "token-1" {
				t.Errorf("%v, %v", token, err)
			}
		})
	}
	all.Wait()
	if issuer.given != 1 {
		t.Errorf("%d tokens for one datasource", issuer.given)
	}
}

// TestOAuthExpiry: a token is renewed before its end, and one without an end is kept.
func TestOAuthExpiry(t *testing.T) {
	for life, want := range map[int]string{60: "token-2", 0: "token-1"} {
		_, url := newIssuer(t, life)
		tokens := newTokens(oauthOf(url), &http.Client{})
		for _, later := range []time.Duration{0, 49 * time.Second} {
			tokens.now = func() time.Time { return time.Now().Add(later) }
			if token, err := tokens.get(t.Context(), files{}); err != nil || token.AccessToken != "token-1" {
				t.Fatalf("after %s: %v, %v", later, token, err)
			}
		}
		tokens.now = func() time.Time { return time.Now().Add(51 * time.Second) }
		if token, err := tokens.get(t.Context(), files{}); err != nil || token.AccessToken != want {
			t.Errorf("life %d: %v, %v", life, token, err)
		}
	}
}

func oauthOf(url string) *oauth {
	return &oauth{secret: value{text: "it"}, config: &clientcredentials.Config{ClientID: "me", TokenURL: url, AuthStyle: oauth2.AuthStyleInParams}}
}

// TestOAuthFails: what an issuer answers is not shown, and it is not asked again at once.
func TestOAuthFails(t *testing.T) {
	w := newWorld(t)
	issuer, url := newIssuer(t, 0)
	issuer.broken.Store(true)
	w.datasource(upstream(t, showAuthorization).URL, withSecret)
	w.secret(`{"oauth":{"clientID":"me","clientSecret":"it","tokenURL":"` + url + `","authStyle":1}}`)
	for range 3 {
		a := w.get(toD)
		a.refused(t, 502, `bad gateway: no token from the tokenURL of secret "s": it answered 403`)
		if strings.Contains(a.body, "the-secret") {
			t.Error(a.body)
		}
	}
	if n := len(issuer.asked); n != 1 {
		t.Errorf("asked %d times in a moment", n)
	}
	issuer.broken.Store(false)
	found, err := w.proxy.find(route{global: true, name: "d"})
	must(t, err)
	found.tokens.now = func() time.Time { return time.Now().Add(tokenPause + time.Second) }
	w.says(200, "Bearer token-1", "GET", toD)
}

// TestOAuthNoRedirect: a secret is sent to the URL that it is for, and nowhere else.
func TestOAuthNoRedirect(t *testing.T) {
	w, called := newWorld(t), false
	elsewhere := upstream(t, func(http.ResponseWriter, *http.Request) { called = true })
	url := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}).URL
	w.datasource(upstream(t, showAuthorization).URL, withSecret)
	w.secret(`{"oauth":{"clientID":"me","clientSecret":"it","tokenURL":"` + url + `","authStyle":1}}`)
	w.get(toD).refused(t, 502, `no token from the tokenURL of secret "s": it answered 307`)
	if called {
		t.Error("the redirect was followed")
	}
}

// TestOAuthImpatient: who gives up waiting for somebody else's question, gives up.
func TestOAuthImpatient(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	url := upstream(t, func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-release
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token":"late"}`))
	}).URL
	tokens := newTokens(oauthOf(url), &http.Client{})
	first := make(chan struct{})
	go func() {
		defer close(first)
		if token, err := tokens.get(context.Background(), files{}); err != nil || token.AccessToken != "late" {
			t.Errorf("%v, %v", token, err)
		}
	}()
	waited(t, "asked", asked)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tokens.get(gone, files{}); err != context.Canceled {
		t.Errorf("%v", err)
	}
	close(release)
	waited(t, "answered", first)
}

// TestOAuthFile: R34 holds for the secret of a client too, and it is read anew for each token.
func TestOAuthFile(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, func(o *Options) { o.SecretDirectories = []string{dir} })
	issuer, url := newIssuer(t, 0)
	w.datasource(upstream(t, showAuthorization).URL, withSecret)
	must(t, os.WriteFile(filepath.Join(dir, "client"), []byte("from-file\n"), 0o600))
	w.secret(`{"oauth":{"clientID":"me","clientSecretFile":"` + dir + `/client","tokenURL":"` + url + `","authStyle":1}}`)
	w.says(200, "Bearer token-1", "GET", toD)
	if !strings.Contains(issuer.asked[0], "client_secret=from-file&") {
		t.Error(issuer.asked)
	}
}
