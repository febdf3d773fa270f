package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/artifact/verify"
	"github.com/perseid-dev/perseid/internal/atomicfile"
)

type signOptions struct {
	remote
	key, generate string
}

func newArtifactSignCommand(e Env) *cobra.Command {
	var o signOptions
	cmd := &cobra.Command{
		Use:   "sign REFERENCE",
		Short: "Sign an artifact in a registry",
		Long: `Signs the artifact that a reference names now, with an ECDSA P-256 key, in both
forms that tools look for: a manifest at the tag sha256-DIGEST.sig, and a bundle
that refers to the artifact. On standard output is its reference by digest.
What the key has signed already stays as it is.

The key is in PEM as PKCS#8, or as cosign generate-key-pair writes it, whose
passphrase is taken from COSIGN_PASSWORD. A pair is made with --generate-key.

Signing with an identity in place of a key is left to cosign: without --key the
command to type is printed.`,
		Example: `  perseid artifact sign --generate-key team      writes team.key and team.pub
  perseid artifact sign --key team.key registry.example.com/team/boards:v1.4.0
  perseid artifact sign --key env://SIGNING_KEY \
      registry.example.com/team/boards:v1.4.0`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case o.generate != "" && len(args) == 0 && o.key == "":
				return generateKey(e, o.generate)
			case o.generate != "":
				return usage(errors.New("--generate-key only makes a pair of keys; sign with --key afterwards"))
			case len(args) == 0:
				return usage(errors.New("sign what? Give a reference"))
			}
			return runArtifactSign(cmd.Context(), e, o, args[0])
		},
	}
	cmd.Flags().StringVar(&o.key, "key", "", "`FILE` with the private key, or env://NAME")
	cmd.Flags().StringVar(&o.generate, "generate-key", "", "write a new pair of keys to `NAME`.key and NAME.pub")
	o.addFlags(cmd)
	return cmd
}

func runArtifactSign(ctx context.Context, e Env, o signOptions, reference string) error {
	repo, ref, err := o.repository(e, reference)
	if err != nil {
		return err
	}
	var key *verify.PrivateKey
	if o.key != "" {
		if key, err = readPrivateKey(e, o.key); err != nil {
			return err
		}
	}
	d, err := repo.Resolve(ctx, ref.Target())
	if err != nil {
		return advise(err, ref)
	}
	if key == nil {
		return usage(fmt.Errorf("no --key to sign with; to sign with an identity: %s", keyless(ref.At(d.Digest))))
	}
	added, err := verify.Sign(ctx, repo, d, repo.Name(), key)
	if err != nil {
		return advise(err, ref)
	}
	if len(added) == 0 {
		fmt.Fprintln(e.Stderr, "signed by this key already")
	}
	fmt.Fprintln(e.Stdout, ref.At(d.Digest))
	return nil
}

func keyless(ref registry.Reference) string { return fmt.Sprintf("cosign sign --yes %s", ref) }

func readPrivateKey(e Env, place string) (*verify.PrivateKey, error) {
	data, err := readKey(e, place)
	if err != nil {
		return nil, err
	}
	key, err := verify.ParsePrivateKey(data, []byte(e.Getenv("COSIGN_PASSWORD")))
	if errors.Is(err, verify.ErrPassphrase) {
		return nil, fmt.Errorf("key %s: %w; it is taken from the environment variable COSIGN_PASSWORD", place, err)
	}
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", place, err)
	}
	return key, nil
}

// generateKey never replaces a key: what was signed with it could be verified no more.
func generateKey(e Env, name string) error {
	key, private, err := verify.GenerateKey()
	if err != nil {
		return err
	}
	files := []struct {
		name string
		data []byte
		mode fs.FileMode
	}{{name + ".key", private, 0o600}, {name + ".pub", key.Public.PEM(), 0o644}}
	for _, f := range files {
		if _, err := os.Lstat(f.name); err == nil {
			return fmt.Errorf("write %s: %w", f.name, fs.ErrExist)
		}
	}
	for _, f := range files {
		if err := atomicfile.Write(f.name, f.data, atomicfile.Options{Mode: f.mode}); err != nil {
			return err
		}
		fmt.Fprintln(e.Stdout, f.name)
	}
	return nil
}
