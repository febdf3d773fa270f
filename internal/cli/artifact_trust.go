package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/artifact/verify"
)

// trust is the flag --key of commands that verify.
type trust struct{ keys []string }

func (t *trust) addFlags(cmd *cobra.Command, what string) {
	cmd.Flags().StringArrayVar(&t.keys, "key", nil, what+": `FILE` with public keys in PEM, or env://NAME; may be given again")
}

// read reads the keys.
func (t *trust) read(e Env) ([]verify.PublicKey, error) {
	var keys []verify.PublicKey
	for _, place := range t.keys {
		data, err := readKey(e, place)
		if err != nil {
			return nil, err
		}
		read, err := verify.ParsePublicKeys(place, data)
		if err != nil {
			return nil, err
		}
		keys = append(keys, read...)
	}
	return keys, nil
}

// readKey reads a key from a file, or from an environment variable in the form that cosign has for it.
func readKey(e Env, place string) ([]byte, error) {
	if name, ok := strings.CutPrefix(place, "env://"); ok {
		text := e.Getenv(name)
		if text == "" {
			return nil, fmt.Errorf("read key: the environment variable %s is not set", name)
		}
		return []byte(text), nil
	}
	f, err := os.Open(place)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, verify.MaxKeyBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return data, nil
}

// signedBy wants one of the keys to have signed the artifact. That none has is another exit code than not to know.
func signedBy(ctx context.Context, repo *registry.Repository, d artifact.Descriptor, ref registry.Reference, keys []verify.PublicKey) (verify.Signature, error) {
	found, err := verify.Check(ctx, repo, d, keys)
	switch {
	case errors.Is(err, verify.ErrUnsigned), errors.Is(err, verify.ErrUntrusted):
		return found, &exitError{code: exitInvalid, err: fmt.Errorf("%s: %w", ref, err)}
	case err != nil:
		return found, advise(err, ref)
	}
	return found, nil
}
