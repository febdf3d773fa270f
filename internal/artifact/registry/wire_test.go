package registry

import (
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/problem"
	testregistry "github.com/perseid-dev/perseid/test/registry"
)

// password is one that may be changed while a registry runs.
type password struct{ atomic.Value }

func newPassword(text string) *password {
	p := &password{}
	p.Store(text)
	return p
}

func (p *password) check(user, password string) bool { return user == "ann" && password == p.Load() }

func dockerConfig(t *testing.T, file, host, password string) string {
	t.Helper()
	if file == "" {
		file = filepath.Join(t.TempDir(), "config.json")
	}
	text := fmt.Sprintf(`{"auths":{%q:{"auth":%q}}}`, host, base64.StdEncoding.EncodeToString([]byte("ann:"+password)))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A credential is read from its file again whenever one is wanted, so that it may be rotated under a program that runs.
func TestCredentialsRotate(t *testing.T) {
	for _, bearer := range []bool{false, true} {
		t.Run(fmt.Sprintf("bearer %t", bearer), func(t *testing.T) {
			secret := newPassword("one")
			g := start(t, &testregistry.Registry{Auth: &testregistry.Auth{Check: secret.check, Bearer: bearer}}, Options{})
			data := random(100)
			g.PutBlob("team/boards", data)
			d := describe(artifact.MediaTypeLayer, data)
			file := dockerConfig(t, "", g.host, "one")
			r := open(t, g.host+"/team/boards", Options{CredentialsFile: file})
			if there, err := r.Has(t.Context(), d); !there || err != nil {
				t.Fatalf("with the first password: %t, %v", there, err)
			}
			secret.Store("two")
			if _, err := r.Has(t.Context(), d); problem.ClassOf(err) != problem.Unauthorized {
				t.Fatalf("with a password that is not good any more: %v", err)
			}
			dockerConfig(t, file, g.host, "two")
			if there, err := r.Has(t.Context(), d); !there || err != nil {
				t.Fatalf("with the second password: %t, %v", there, err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for name, test := range map[string]struct {
		auth testregistry.Auth
		o    Options
		want string
	}{
		"no login":             {testregistry.Auth{}, Options{}, "wants a login"},
		"no login, token":      {testregistry.Auth{Bearer: true}, Options{}, "wants a login"},
		"wrong password":       {testregistry.Auth{}, Options{Username: "ann", Password: "s3cret-wrong"}, "wants a login, or refuses the one it was given (401)"},
		"wrong one, token":     {testregistry.Auth{Bearer: true}, Options{Username: "ann", Password: "s3cret-wrong"}, "refuses the one it was given (401)"},
		"realm elsewhere":      {testregistry.Auth{Bearer: true, Realm: "http://192.0.2.7/token"}, Options{Username: "ann", Password: "s3cret-wrong"}, "192.0.2.7 over plain HTTP, which is refused"},
		"realm inside":         {testregistry.Auth{Bearer: true, Realm: "https://169.254.169.254/token"}, Options{Username: "ann", Password: "s3cret-wrong"}, "link-local"},
		"credentials not JSON": {testregistry.Auth{}, Options{CredentialsFile: "wire_test.go"}, "credentials of wire_test.go"},
	} {
		t.Run(name, func(t *testing.T) {
			test.auth.Check = newPassword("right").check
			g := start(t, &testregistry.Registry{Auth: &test.auth}, test.o)
			_, err := g.repo.Resolve(t.Context(), "v1")
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%v; want %q", err, test.want)
			}
			if strings.Contains(test.want, "login") && problem.ClassOf(err) != problem.Unauthorized {
				t.Errorf("class %d of %v", problem.ClassOf(err), err)
			}
		})
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(&testregistry.Registry{})
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are meant to fail
	server.StartTLS()
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "https://")
	dir := t.TempDir()
	mine, other := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "none.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	if err := os.WriteFile(mine, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := open(t, host+"/a", Options{CAFile: mine})
	if there, err := r.Has(t.Context(), describe("x", nil)); there || err != nil {
		t.Errorf("with its CA: %t, %v", there, err)
	}
	ref, _ := ParseReference(host + "/a")
	if _, err := Open(ref, Options{CAFile: other}); err == nil || !strings.Contains(err.Error(), "no certificate in PEM") {
		t.Errorf("a CA file without certificates: %v", err)
	}
	w, err := newWire(host, Options{})
	if err != nil {
		t.Fatal(err)
	}
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v2/", nil)
	_, err = w.client.Do(request)
	if _, why, _ := r.reason(err); !strings.Contains(why, "signed by an authority that is not trusted here") {
		t.Errorf("without its CA: %s", why)
	}
}

func TestPlainHTTPOnlyWhereAsked(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "localhost:5000": true, "127.0.0.1:5000": true, "[::1]:5000": true, "127.9.9.9": true,
		"registry.example.com": false, "10.0.0.1:5000": false, "localhost.example.com": false,
	} {
		w, err := newWire(host, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if w.plain != want {
			t.Errorf("%s over plain HTTP: %t", host, w.plain)
		}
		if w, _ = newWire(host, Options{PlainHTTP: true}); !w.plain {
			t.Errorf("%s not over plain HTTP, though asked for", host)
		}
	}
}

func TestLogin(t *testing.T) {
	g := start(t, &testregistry.Registry{Auth: &testregistry.Auth{Check: newPassword("right").check}}, Options{})
	file := filepath.Join(t.TempDir(), "docker", "config.json")
	o := Options{CredentialsFile: file, Username: "ann", Password: "wrong"}
	if _, err := Login(t.Context(), g.host, o); problem.ClassOf(err) != problem.Unauthorized {
		t.Errorf("with a wrong password: %v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a wrong password is kept")
	}
	o.Password = "right"
	if helper, err := Login(t.Context(), g.host, o); helper || err != nil {
		t.Fatalf("%t, %v", helper, err)
	}
	r := open(t, g.host+"/a", Options{CredentialsFile: file})
	if there, err := r.Has(t.Context(), describe("x", nil)); there || err != nil {
		t.Errorf("after the login: %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
