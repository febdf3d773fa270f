package server

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
)

// maxToken bounds a token file, in bytes.
const maxToken = 4096

// tokenFile is the path of a file with a bearer token. It is read anew for each command, which are few, so that a token that is replaced
// or revoked counts at once.
type tokenFile string

// read is the token, without the white space around it.
func (f tokenFile) read() (string, error) {
	file, err := os.Open(string(f))
	if err != nil {
		return "", fmt.Errorf("read delivery.api.token_file: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxToken+1))
	token := strings.TrimSpace(string(data))
	switch {
	case err != nil:
		return "", fmt.Errorf("read delivery.api.token_file: %w", err)
	case len(data) > maxToken:
		return "", fmt.Errorf("delivery.api.token_file %s: expected a token of up to %d bytes", f, maxToken)
	case token == "":
		return "", fmt.Errorf("delivery.api.token_file %s: it is empty: write a token into it", f)
	}
	return token, nil
}

// token is what api.Options asks for: nil where no file is configured, and "" from a file that cannot be read any more.
func (f tokenFile) token(log *slog.Logger) (func() string, error) {
	if f == "" {
		return nil, nil
	}
	if _, err := f.read(); err != nil {
		return nil, err
	}
	return func() string {
		token, err := f.read()
		if err != nil {
			log.Warn("no command is taken by token", "error", err)
		}
		return token
	}, nil
}
