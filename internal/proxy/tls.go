package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// tlsSettings are the block tlsConfig of a secret.
type tlsSettings struct {
	ca, cert, key    value
	serverName       string
	skipVerify       bool
	minimum, maximum string
}

func readTLS(b *resource.Value, of func(b *resource.Value, text, file string) value) tlsSettings {
	return tlsSettings{
		ca: of(b, "ca", "caFile"), cert: of(b, "cert", "certFile"), key: of(b, "key", "keyFile"),
		serverName: b.Str("serverName"), skipVerify: b.True("insecureSkipVerify"),
		minimum: b.Str("minVersion"), maximum: b.Str("maxVersion"),
	}
}

func (s tlsSettings) files() bool { return s.ca.file != "" || s.cert.file != "" || s.key.file != "" }

// resolve replaces files by what they hold.
func (s tlsSettings) resolve(f files) (tlsSettings, error) {
	for _, v := range []*value{&s.ca, &s.cert, &s.key} {
		text, err := f.read(*v)
		if err != nil {
			return s, err
		}
		*v = value{text: text}
	}
	return s, nil
}

var versions = map[string]uint16{"TLS10": tls.VersionTLS10, "TLS11": tls.VersionTLS11, "TLS12": tls.VersionTLS12, "TLS13": tls.VersionTLS13}

// config is what connections are made with. The settings are resolved. With a CA of its own a datasource is known by that alone.
func (s tlsSettings) config(secret string) (*tls.Config, error) {
	c := &tls.Config{ServerName: s.serverName, InsecureSkipVerify: s.skipVerify, MinVersion: tls.VersionTLS12}
	if v, ok := versions[s.minimum]; ok {
		c.MinVersion = v
	}
	c.MaxVersion = versions[s.maximum]
	if c.MaxVersion != 0 && c.MaxVersion < c.MinVersion {
		if s.minimum != "" {
			return nil, wrongTLS(secret, "maxVersion is below minVersion")
		}
		c.MinVersion = c.MaxVersion // only what is older than the default was asked for
	}
	if s.ca.text != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(s.ca.text)) {
			return nil, wrongTLS(secret, "ca holds no certificate in PEM")
		}
	}
	if s.cert.text == "" && s.key.text == "" {
		return c, nil
	}
	pair, err := tls.X509KeyPair([]byte(s.cert.text), []byte(s.key.text))
	if err != nil {
		return nil, wrongTLS(secret, "cert and key, in PEM, are not a pair")
	}
	c.Certificates = []tls.Certificate{pair}
	return c, nil
}

// forTokens is the same for the server that tokens are asked of: another host, which may have a certificate that everybody trusts.
func (s tlsSettings) forTokens(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.ServerName = ""
	if s.ca.text == "" {
		return c
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return c
	}
	pool.AppendCertsFromPEM([]byte(s.ca.text))
	c.RootCAs = pool
	return c
}

func wrongTLS(secret, what string) error {
	return &problem.Failure{Class: problem.Upstream, Detail: fmt.Sprintf("tlsConfig of secret %q: %s", secret, what), Err: errors.New(what)}
}
