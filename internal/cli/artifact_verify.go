package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/artifact/verify"
)

type verifyOptions struct {
	remote
	trust
	out output
}

func newArtifactVerifyCommand(e Env) *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify REFERENCE",
		Short: "Check who signed an artifact",
		Long: `Says by which of the keys an artifact in a registry is signed; exit code 5 if by
none of them. Signatures of cosign count as ours do, in both of its forms, and
those of perseid artifact sign are verified by cosign with

  cosign verify --key KEY.pub --insecure-ignore-tlog REFERENCE

where the last flag says that there is no entry in a public log to look for.
What was signed with an identity is verified by cosign alone.`,
		Example: `  perseid artifact verify --key team.pub registry.example.com/team/boards:v1.4.0`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runArtifactVerify(cmd.Context(), e, o, args[0])
		},
	}
	o.trust.addFlags(cmd, "a key that counts")
	o.remote.addFlags(cmd)
	o.out.addFlags(cmd)
	return cmd
}

// verified is what a verification found.
type verified struct {
	Reference  string      `json:"reference"` // by digest
	Key        string      `json:"key"`       // as it was given
	KeyID      string      `json:"keyId"`
	Form       verify.Form `json:"form"`
	Repository string      `json:"repository,omitempty"` // that the signature claims
}

func runArtifactVerify(ctx context.Context, e Env, o verifyOptions, reference string) error {
	if err := o.out.validate(); err != nil {
		return err
	}
	keys, err := o.read(e)
	if err == nil && len(keys) == 0 {
		err = usage(errors.New("whose signature counts? Give --key"))
	}
	if err != nil {
		return err
	}
	repo, ref, err := o.repository(e, reference)
	if err != nil {
		return err
	}
	d, err := repo.Resolve(ctx, ref.Target())
	if err != nil {
		return advise(err, ref)
	}
	found, err := signedBy(ctx, repo, d, ref, keys)
	if err != nil {
		return err
	}
	if found.Repository != "" && found.Repository != repo.Name() {
		fmt.Fprintf(e.Stderr, "perseid: it was signed as %s; a copy keeps the name of the original\n", printable(found.Repository))
	}
	v := verified{ref.At(d.Digest).String(), found.Key.Name, found.Key.ID(), found.Form, found.Repository}
	return o.out.print(e.Stdout, v, func(w io.Writer) { fmt.Fprintf(w, "%s is signed by %s (%s)\n", v.Reference, v.Key, v.Form) })
}
