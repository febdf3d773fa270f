package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/buildinfo"
)

func newVersionCommand(e Env) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Example: `  perseid version
  perseid version -o json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := out.validate(); err != nil {
				return err
			}
			info := buildinfo.Get()
			return out.print(e.Stdout, info, func(w io.Writer) {
				fmt.Fprintf(w, "perseid %s (commit %s, %s, %s)\n", info.Version, info.Commit, info.Date, info.Go)
			})
		},
	}
	out.addFlags(cmd)
	return cmd
}
