package proxy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// authority is a CA of our own.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	a.cert, a.key, a.pem = a.issue(&x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	return a
}

// issue signs a certificate, by itself if there is no authority yet.
func (a *authority) issue(template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey, string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(a.t, err)
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	must(a.t, err)
	cert, err := x509.ParseCertificate(der)
	must(a.t, err)
	return cert, key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// pair is a certificate for 127.0.0.1 or a name, and its key, in PEM.
func (a *authority) pair(name string) (cert, key string) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	_, private, cert := a.issue(template)
	der, err := x509.MarshalECPrivateKey(private)
	must(a.t, err)
	return cert, string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
}

// serve is a datasource with TLS that answers with the name of its client's certificate.
func (a *authority) serve(name string, change func(*tls.Config)) *httptest.Server {
	cert, key := a.pair(name)
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	must(a.t, err)
	up := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client := "nobody"
		if len(r.TLS.PeerCertificates) > 0 {
			client = r.TLS.PeerCertificates[0].Subject.CommonName
		}
		_, _ = w.Write([]byte(client + " " + tls.VersionName(r.TLS.Version) + " " + r.Proto))
	}))
	up.EnableHTTP2, up.Config.ErrorLog = true, log.New(io.Discard, "", 0)
	up.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequestClientCert}
	if change != nil {
		change(up.TLS)
	}
	up.StartTLS()
	a.t.Cleanup(up.Close)
	return up
}

// tlsSecret is the spec of a secret with these settings.
func tlsSecret(settings map[string]any) string {
	text, _ := json.Marshal(map[string]any{"tlsConfig": settings})
	return string(text)
}

func TestTLS(t *testing.T) {
	w, ca := newWorld(t), newAuthority(t)
	up := ca.serve("127.0.0.1", nil)
	w.datasource(up.URL)
	w.get(toD).refused(t, 502, "its certificate cannot be verified: x509: ")
	w.datasource(up.URL, withSecret)
	cert, key := ca.pair("client")
	for _, c := range []struct {
		settings map[string]any
		want     string
	}{
		{map[string]any{"ca": ca.pem}, "nobody TLS 1.3 HTTP/2.0"},
		{map[string]any{"insecureSkipVerify": true}, "nobody TLS 1.3 HTTP/2.0"},
		{map[string]any{"ca": ca.pem, "cert": cert, "key": key}, "client TLS 1.3 HTTP/2.0"},
		{map[string]any{"ca": ca.pem, "maxVersion": "TLS12"}, "nobody TLS 1.2 HTTP/2.0"},
	} {
		w.secret(tlsSecret(c.settings))
		w.says(200, c.want, "GET", toD)
	}
	for want, settings := range map[string]map[string]any{
		"its certificate cannot be verified":                            {"ca": newAuthority(t).pem},
		"x509: certificate is not valid for any names":                  {"ca": ca.pem, "serverName": "other"},
		`tlsConfig of secret "s": ca holds no certificate in PEM`:       {"ca": "nonsense"},
		`tlsConfig of secret "s": cert and key, in PEM, are not a pair`: {"cert": cert, "key": "nonsense"},
		`tlsConfig of secret "s": maxVersion is below minVersion`:       {"minVersion": "TLS13", "maxVersion": "TLS12"},
	} {
		w.secret(tlsSecret(settings))
		w.get(toD).refused(t, 502, want)
	}
}

func TestTLSVersionAndName(t *testing.T) {
	w, ca := newWorld(t), newAuthority(t)
	up := ca.serve("prometheus.example", func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 })
	w.datasource(up.URL, withSecret)
	w.secret(tlsSecret(map[string]any{"ca": ca.pem, "serverName": "prometheus.example"}))
	w.says(200, "nobody TLS 1.2 HTTP/2.0", "GET", toD)
	w.secret(tlsSecret(map[string]any{"ca": ca.pem, "serverName": "prometheus.example", "minVersion": "TLS13"}))
	w.get(toD).refused(t, 502, "it cannot be reached, or closed the connection")
	w.datasource("https://" + upstream(t, echo).Listener.Addr().String())
	w.get(toD).refused(t, 502, "it does not speak TLS")
}

// TestTLSFiles: a CA that is renewed on disk counts within a second of somebody asking.
func TestTLSFiles(t *testing.T) {
	dir, ca := t.TempDir(), newAuthority(t)
	w := newWorld(t, func(o *Options) { o.SecretDirectories = []string{dir} })
	up := ca.serve("127.0.0.1", nil)
	w.datasource(up.URL, withSecret)
	file := filepath.Join(dir, "ca.pem")
	must(t, os.WriteFile(file, []byte(newAuthority(t).pem), 0o600))
	w.secret(tlsSecret(map[string]any{"caFile": file}))
	w.get(toD).refused(t, 502, "its certificate cannot be verified")
	must(t, os.WriteFile(file, []byte(ca.pem), 0o600))
	deadline := time.Now().Add(patience)
	for w.get(toD).status != 200 {
		if time.Now().After(deadline) {
			t.Fatal("the new CA does not count")
		}
		time.Sleep(20 * time.Millisecond)
	}
}
