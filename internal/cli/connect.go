package cli

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

const (
	defaultServer = "http://localhost:8080"
	maxToken      = 16 << 10 // bytes of a token file
)

// connection is the flags of every command that asks a running server.
type connection struct {
	server, tokenFile, caFile string
	insecure                  bool
}

func (o *connection) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.server, "server", "", "`URL` of the server, with its api_prefix (default $PERSEID_SERVER or "+defaultServer+")")
	flags.StringVar(&o.tokenFile, "token-file", "", "`FILE` with the bearer token of the server (default $PERSEID_TOKEN_FILE)")
	flags.StringVar(&o.caFile, "ca-file", "", "`FILE` with certificates (PEM) that vouch for the server, besides those of the system (default $PERSEID_CA_FILE)")
	flags.BoolVar(&o.insecure, "insecure-skip-tls-verify", false, "believe any certificate of the server: whoever is in between can read and change everything")
}

// open asks nothing yet.
func (o *connection) open(e Env) (*client, error) {
	c, err := newClient(cmp.Or(o.server, e.Getenv("PERSEID_SERVER"), defaultServer))
	if err != nil {
		return nil, err
	}
	if file := cmp.Or(o.tokenFile, e.Getenv("PERSEID_TOKEN_FILE")); file != "" {
		if c.token, err = readToken(file); err != nil {
			return nil, err
		}
	}
	authorities, err := readAuthorities(cmp.Or(o.caFile, e.Getenv("PERSEID_CA_FILE")))
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: authorities, InsecureSkipVerify: o.insecure}
	c.http.Transport = transport
	return c, nil
}

// readAuthorities is nil, which means those of the system, without a file.
func readAuthorities(name string) (*x509.CertPool, error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the certificates: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without any
	}
	if !pool.AppendCertsFromPEM(data) {
		return nil, usage(fmt.Errorf("certificate file %s: expected certificates in PEM, -----BEGIN CERTIFICATE----- and so on", name))
	}
	return pool, nil
}

// readToken reads a token, which is never quoted in an error.
func readToken(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxToken+1))
	token := strings.TrimSpace(string(data))
	switch {
	case err != nil:
		return "", fmt.Errorf("read the token: %w", err)
	case token == "" || len(data) > maxToken || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", usage(fmt.Errorf("token file %s: expected one token of plain letters, on one line", name))
	}
	return token, nil
}
