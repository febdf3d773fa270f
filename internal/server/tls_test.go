package server

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// identity writes a certificate with its key into a directory, as tls.crt and tls.key, the way Kubernetes names them.
func identity(t *testing.T, dir, name string, valid time.Duration) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(valid),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "tls.crt"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	put(t, filepath.Join(dir, "tls.key"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCertificateIsRenewed(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		identity(t, dir, "first", time.Hour)
		c, err := openCertificate(&TLS{CertFile: filepath.Join(dir, "tls.crt"), KeyFile: filepath.Join(dir, "tls.key")}, slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		serves := func(what, name string, broken bool) {
			t.Helper()
			time.Sleep(certificateCheck)
			if got := c.current().Leaf.Subject.CommonName; got != name {
				t.Errorf("%s: serves %s, want %s", what, got, name)
			}
			if _, got := c.state(); got != broken {
				t.Errorf("%s: broken %t", what, got)
			}
		}
		serves("at the start", "first", false)
		key, err := os.ReadFile(filepath.Join(dir, "tls.key"))
		if err != nil {
			t.Fatal(err)
		}
		identity(t, dir, "second", 2*time.Hour)
		next, err := os.ReadFile(filepath.Join(dir, "tls.key"))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "tls.key"), string(key))
		serves("a certificate whose key has not come yet", "first", true)
		serves("still", "first", true)
		put(t, filepath.Join(dir, "tls.key"), string(next))
		serves("once the key has come", "second", false)
		put(t, filepath.Join(dir, "tls.crt"), "garbage")
		serves("garbage", "second", true)
		if err := os.Remove(filepath.Join(dir, "tls.crt")); err != nil {
			t.Fatal(err)
		}
		serves("no file", "second", true)
		identity(t, dir, "expired", -time.Minute)
		serves("an expired one is what was asked for", "expired", false)
		if n := strings.Count(said.String(), "cannot be used"); n != 3 {
			t.Errorf("%d warnings, want one of each thing that was wrong:\n%s", n, &said)
		}
		if !strings.Contains(said.String(), "has expired") || strings.Contains(said.String(), "PRIVATE") {
			t.Errorf("said:\n%s", &said)
		}
	})
}

// Kubernetes and cert-manager swap a link to a directory. The server goes on with the new certificate, on HTTP/2, and says until when.
func TestServeTLS(t *testing.T) {
	mount := t.TempDir()
	swap := func(name string) {
		t.Helper()
		identity(t, filepath.Join(mount, "..at-"+name), name, 24*time.Hour)
		tmp := filepath.Join(mount, "..tmp")
		if err := os.Symlink("..at-"+name, tmp); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(tmp, filepath.Join(mount, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(mount, "..at-one"), 0o755); err != nil {
		t.Fatal(err)
	}
	swap("one")
	for _, name := range []string{"tls.crt", "tls.key"} {
		if err := os.Symlink("..data/"+name, filepath.Join(mount, name)); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t)
	w.tls = &TLS{CertFile: filepath.Join(mount, "tls.crt"), KeyFile: filepath.Join(mount, "tls.key")}
	w.start()
	peer := func() (string, int) {
		client := &http.Client{Transport: &http.Transport{
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, DisableKeepAlives: true,
		}}
		answer, err := client.Get(w.base + "/livez")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		return answer.TLS.PeerCertificates[0].Subject.CommonName, answer.ProtoMajor
	}
	if name, proto := peer(); name != "one" || proto != 2 {
		t.Errorf("certificate %s over HTTP/%d", name, proto)
	}
	if err := os.MkdirAll(filepath.Join(mount, "..at-two"), 0o755); err != nil {
		t.Fatal(err)
	}
	swap("two")
	w.eventually("the second certificate", func() bool { name, _ := peer(); return name == "two" })
	_, metrics := w.get("/metrics")
	for _, want := range []string{"perseid_tls_certificate_not_after_timestamp_seconds 1.", "perseid_tls_certificate_unusable 0"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s in the metrics", want)
		}
	}
}
