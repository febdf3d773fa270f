package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

const (
	defaultServer = "http://localhost:8080"
	maxToken      = 16 << 10 // bytes of a token file
)

// connection is the flags of every command that asks a running server.
type connection struct{ server, tokenFile string }

func (o *connection) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.server, "server", "", "`URL` of the server, with its api_prefix (default $PERSEID_SERVER or "+defaultServer+")")
	flags.StringVar(&o.tokenFile, "token-file", "", "`FILE` with the bearer token of the server (default $PERSEID_TOKEN_FILE)")
}

// open asks nothing yet.
func (o *connection) open(e Env) (*client, error) {
	c, err := newClient(cmp.Or(o.server, e.Getenv("PERSEID_SERVER"), defaultServer))
	if err != nil {
		return nil, err
	}
	if file := cmp.Or(o.tokenFile, e.Getenv("PERSEID_TOKEN_FILE")); file != "" {
		c.token, err = readToken(file)
	}
	return c, err
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
