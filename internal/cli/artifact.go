package cli

import (
	"github.com/spf13/cobra"
)

func newArtifactCommand(e Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "artifact",
		Short: "Package documents as an OCI artifact, and see what is in one",
		Long: `An artifact is a directory of documents as one versioned image: a server pulls
it from a registry, or Kubernetes mounts it as a volume.

Where an artifact is asked for, it is one of:
  PATH[:TAG|@DIGEST]       a layout: a directory with the file oci-layout in it,
                           or a tar archive of one
  REFERENCE                registry/repository:tag or @digest`,
		Args: onlySubcommands,
		RunE: needsSubcommand,
	}
	cmd.AddCommand(
		newArtifactBuildCommand(e), newArtifactInspectCommand(e), newArtifactDiffCommand(e), newArtifactUnpackCommand(e),
		newArtifactPushCommand(e), newArtifactPullCommand(e), newArtifactListCommand(e), newArtifactTagCommand(e),
		newArtifactSignCommand(e), newArtifactVerifyCommand(e), newArtifactLoginCommand(e),
	)
	return cmd
}
