package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/retry"
)

// How long things may take that are not the moving of bytes.
const (
	dialTimeout   = 10 * time.Second
	answerTimeout = 60 * time.Second
	maxCAFile     = 1 << 20 // bytes
)

// wire is the way to one registry.
type wire struct {
	client    *auth.Client
	transport *http.Transport
	plain     bool // without TLS
}

func newWire(host string, o Options) (*wire, error) {
	w := &wire{plain: o.PlainHTTP || isLoopback(host) && o.CAFile == ""}
	w.transport = http.DefaultTransport.(*http.Transport).Clone()
	w.transport.DialContext = (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext
	w.transport.ResponseHeaderTimeout = answerTimeout
	if o.CAFile != "" {
		roots, err := rootsWith(o.CAFile)
		if err != nil {
			return nil, err
		}
		w.transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	guarded := guard{next: w.transport, plain: w.plain, host: host}
	p := newPolicy(o.Backoff)
	w.client = &auth.Client{
		Client:     &http.Client{Transport: &retry.Transport{Base: guarded, Policy: func() retry.Policy { return p }}},
		Credential: credentialOf(host, o),
		Cache:      auth.NewCache(),
		ClientID:   "perseid",
	}
	if o.UserAgent != "" {
		w.client.SetUserAgent(o.UserAgent)
	}
	return w, nil
}

func rootsWith(file string) (*x509.CertPool, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read CA: %w", err)
	}
	defer f.Close()
	pem, err := io.ReadAll(io.LimitReader(f, maxCAFile))
	if err != nil {
		return nil, fmt.Errorf("read CA: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read CA %s: no certificate in PEM in it", file)
	}
	return roots, nil
}

// credentialOf reads the file each time a credential is wanted, since it is changed by others: a login, a rotation, a cluster.
// What is given by hand is for the registry it was given for.
func credentialOf(host string, o Options) auth.CredentialFunc {
	if o.Username != "" || o.Password != "" {
		return auth.StaticCredential(host, auth.Credential{Username: o.Username, Password: o.Password})
	}
	if o.CredentialsFile == "" {
		return nil
	}
	return func(ctx context.Context, hostport string) (auth.Credential, error) {
		store, err := credentials.NewStore(o.CredentialsFile, credentials.StoreOptions{})
		if err != nil {
			return auth.EmptyCredential, &credentialError{o.CredentialsFile, err}
		}
		credential, err := credentials.Credential(store)(ctx, hostport)
		if err != nil {
			return auth.EmptyCredential, &credentialError{o.CredentialsFile, err}
		}
		return credential, nil
	}
}

// credentialError says that credentials could not be had; its text is the cause's, which quotes no credential.
type credentialError struct {
	file string
	err  error
}

func (e *credentialError) Error() string {
	return fmt.Sprintf("credentials of %s: %s", e.file, strings.TrimPrefix(e.err.Error(), "failed to "))
}

func (e *credentialError) Unwrap() error { return e.err }

var errPlain = errors.New("plain HTTP")

// guard keeps requests from going over plain HTTP to anybody but a registry that is reached so: not to a realm, an upload location
// or the target of a redirect, whatever the registry says.
type guard struct {
	next  http.RoundTripper
	plain bool
	host  string
}

// RoundTrip implements http.RoundTripper.
func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !(g.plain && r.URL.Host == g.host) {
		return nil, fmt.Errorf("the registry sends us to %s over %w, which is refused", r.URL.Host, errPlain)
	}
	return g.next.RoundTrip(r)
}
