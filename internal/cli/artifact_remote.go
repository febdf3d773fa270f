package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/buildinfo"
	"github.com/perseid-dev/perseid/internal/problem"
)

const maxPassword = 64 << 10 // bytes; some are tokens

// remote says how registries are reached. Every command that takes a reference has its flags.
type remote struct {
	credentials, username, caFile string
	passwordStdin, plainHTTP      bool
	progress                      func(d artifact.Descriptor, done int64)
}

func (r *remote) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.credentials, "credentials", "", "`FILE` with credentials, as docker login writes it; that of Docker if not given")
	f.StringVarP(&r.username, "username", "u", "", "`NAME` of the user, in place of what the file says")
	f.BoolVar(&r.passwordStdin, "password-stdin", false, "read the password, or a token, from standard input")
	f.StringVar(&r.caFile, "ca-file", "", "`FILE` with further certificates to trust, in PEM")
	f.BoolVar(&r.plainHTTP, "plain-http", false, "reach the registry without TLS, as is done for one on this machine")
}

func (r *remote) validate() error {
	if r.passwordStdin != (r.username != "") {
		return usage(errors.New("--username and --password-stdin go together"))
	}
	return nil
}

func (r *remote) options(e Env) (registry.Options, error) {
	o := registry.Options{
		CredentialsFile: r.credentials, Username: r.username, CAFile: r.caFile, PlainHTTP: r.plainHTTP,
		UserAgent: "perseid/" + buildinfo.Get().Version, Progress: r.progress,
	}
	if o.CredentialsFile == "" {
		o.CredentialsFile = dockerConfig(e)
	}
	if !r.passwordStdin {
		return o, nil
	}
	text, err := io.ReadAll(io.LimitReader(e.Stdin, maxPassword))
	if err != nil {
		return o, fmt.Errorf("read password: %w", err)
	}
	if o.Password = strings.TrimRight(string(text), "\r\n"); o.Password == "" {
		return o, usage(errors.New("standard input holds no password"))
	}
	return o, nil
}

// dockerConfig is where docker login keeps credentials; "" if there is no such place.
func dockerConfig(e Env) string {
	if dir := e.Getenv("DOCKER_CONFIG"); dir != "" {
		return filepath.Join(dir, "config.json")
	}
	if home := e.Getenv("HOME"); home != "" {
		return filepath.Join(home, ".docker", "config.json")
	}
	return ""
}

// repository finds the repository of a reference, and says what was referred to.
func (r *remote) repository(e Env, text string) (*registry.Repository, registry.Reference, error) {
	if err := r.validate(); err != nil {
		return nil, registry.Reference{}, err
	}
	ref, err := registry.ParseReference(text)
	if err != nil {
		return nil, ref, usage(err)
	}
	o, err := r.options(e)
	if err != nil {
		return nil, ref, err
	}
	repo, err := registry.Open(ref, o)
	return repo, ref, err
}

// open finds what reads the repository of a reference, and the tag or digest in it.
func (r *remote) open(_ context.Context, e Env, reference string) (blobs artifact.Reader, tag string, err error) {
	repo, ref, err := r.repository(e, reference)
	if err != nil {
		return nil, "", err
	}
	return repo, ref.Target(), nil
}

// advise adds what to do about an error of a registry.
func advise(err error, ref registry.Reference) error {
	switch problem.ClassOf(err) {
	case problem.Unauthorized:
		return fmt.Errorf("%w; log in with: perseid artifact login %s", err, ref.Registry)
	case problem.Forbidden:
		return fmt.Errorf("%w; ask for the right to do it, or log in as another user with: perseid artifact login %s", err, ref.Registry)
	}
	return err
}
