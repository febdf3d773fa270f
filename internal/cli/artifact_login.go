package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/artifact/registry"
)

func newArtifactLoginCommand(e Env) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use:   "login REGISTRY",
		Short: "Log in to a registry",
		Long: `Asks a registry whether it knows the user, and keeps the password where Docker
keeps it: in the credential helper that its configuration file names, or else in
that file, where whoever can read the file can read it.

There is nothing to do here for a registry that docker login was told of.`,
		Example: `  echo "$TOKEN" | perseid artifact login ghcr.io -u ann --password-stdin`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runArtifactLogin(cmd.Context(), e, r, args[0])
		},
	}
	r.addFlags(cmd)
	return cmd
}

func runArtifactLogin(ctx context.Context, e Env, r remote, host string) error {
	if err := r.validate(); err != nil {
		return err
	}
	if err := registry.CheckHost(host); err != nil {
		return usage(err)
	}
	if r.username == "" {
		return usage(errors.New("who logs in? Give --username, and the password with --password-stdin"))
	}
	o, err := r.options(e)
	if err != nil {
		return err
	}
	helper, err := registry.Login(ctx, host, o)
	if err != nil {
		return err
	}
	where := o.CredentialsFile + ", where it can be read"
	if helper {
		where = "the credential helper of " + o.CredentialsFile
	}
	fmt.Fprintf(e.Stderr, "logged in to %s; the password is kept in %s\n", host, where)
	return nil
}
