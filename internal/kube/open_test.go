package kube

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/kube/kubetest"
)

// kubeconfig writes one whose user and cluster have further lines.
func kubeconfig(t testing.TB, server, cluster, user string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: x, user: x, namespace: mine}}]\n"+
		"clusters: [{name: x, cluster: {server: %q%s}}]\nusers: [{name: x, user: {%s}}]\n", server, cluster, user)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func to(t testing.TB, url string) *Client {
	t.Helper()
	c, err := Open(Config{Kubeconfig: kubeconfig(t, url, "", "token: t")})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOpenSaysWhatWasTried(t *testing.T) {
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	missing := filepath.Join(t.TempDir(), "none")
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"":      "find the API server: no kubeconfig was named, and this is no pod",
		missing: "there is no kubeconfig at " + missing + ", and this is no pod (KUBERNETES_SERVICE_HOST",
		broken:  "find the API server: read kubeconfig " + broken,
	} {
		if _, err := Open(Config{Kubeconfig: path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestDefaultKubeconfig(t *testing.T) {
	t.Setenv("HOME", "/home/x")
	t.Setenv("KUBECONFIG", "")
	if got := DefaultKubeconfig(); got != "/home/x/.kube/config" {
		t.Errorf("got %s", got)
	}
	t.Setenv("KUBECONFIG", "/a:/b")
	if got := DefaultKubeconfig(); got != "/a:/b" {
		t.Errorf("got %s", got)
	}
}

func TestHostAndNamespace(t *testing.T) {
	f := kubetest.New(t)
	c := client(t, f)
	if c.Host() != f.URL() {
		t.Errorf("host %s, want %s", c.Host(), f.URL())
	}
	if ns, err := c.OwnNamespace(); err != nil || ns != "mine" {
		t.Errorf("namespace %q, %v", ns, err)
	}
}

// A token is read from its file again once it was refused twice: the first refusal may be of one that was just read.
func TestTokenIsReadAgain(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	write := func(text string) {
		if err := os.WriteFile(token, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // no token goes out in the clear
		code := http.StatusNotFound
		if r.Header.Get("Authorization") != "Bearer new" {
			code = http.StatusUnauthorized
		}
		w.WriteHeader(code)
	}))
	defer server.Close()
	write("old")
	c, err := Open(Config{Kubeconfig: kubeconfig(t, server.URL, "", "tokenFile: "+token), InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	var s *StatusError
	for _, token := range []string{"old", "new"} {
		write(token)
		if _, err := c.Get(t.Context(), Secrets, "n", "x"); !errors.As(err, &s) || s.Code != http.StatusUnauthorized {
			t.Fatalf("got %v", err)
		}
	}
	if _, err := c.Get(t.Context(), Secrets, "n", "x"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestInsecureSkipVerify(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	path := kubeconfig(t, server.URL, "", "token: t")
	for skip, want := range map[bool]error{false: ErrInterrupted, true: ErrNotFound} {
		c, err := Open(Config{Kubeconfig: path, InsecureSkipVerify: skip})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Get(t.Context(), Secrets, "n", "x"); !errors.Is(err, want) {
			t.Errorf("skip %v: %v", skip, err)
		}
	}
}
