package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/problem"
)

func newConfigCommand(e Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check the configuration",
		Args:  onlySubcommands,
		RunE:  needsSubcommand,
	}
	cmd.AddCommand(newConfigCheckCommand(e))
	return cmd
}

func newConfigCheckCommand(e Env) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Report everything wrong with a configuration file",
		Long: `Reads a configuration file of Perses, and the PERSES_ environment over it, as
serve does, and reports every error and warning with its place: unknown keys,
values that are not allowed, and settings that this version does not serve.
Then prints the sources that follow from it.`,
		Example: `  perseid config check perses.yaml
  perseid config check perses.yaml -o json | jq .sources`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := out.validate(); err != nil {
				return err
			}
			return runConfigCheck(e, args[0], out)
		},
	}
	out.addFlags(cmd)
	return cmd
}

// checkedConfig is the product of config check.
type checkedConfig struct {
	Config   *config.Config  `json:"config"`
	Sources  []checkedSource `json:"sources"`
	Problems problem.List    `json:"problems"`
}

// checkedSource is a resolved source with durations as people write them.
type checkedSource struct {
	Name      string           `json:"name"`
	Location  string           `json:"location"`
	Priority  int              `json:"priority"`
	Interval  config.Duration  `json:"interval"`
	Watch     bool             `json:"watch"`
	Prune     bool             `json:"prune"`
	Settle    config.Duration  `json:"settle"`
	Delay     config.Duration  `json:"delay"`
	OnInvalid config.OnInvalid `json:"on_invalid"`

	Pin          string `json:"pin,omitempty"`
	RequireIndex bool   `json:"require_index"`
}

func runConfigCheck(e Env, file string, out output) error {
	c, problems := config.Load(config.Options{File: file, Environ: e.Environ})
	checked := checkedConfig{Config: c, Problems: problems}
	for _, s := range c.Sources() {
		checked.Sources = append(checked.Sources, checkedSource{
			s.Name, s.Location.String(), s.Priority, config.Duration(s.Interval), s.Watch, s.Prune,
			config.Duration(s.Settle), config.Duration(s.Delay), s.OnInvalid, s.Pin, s.RequireIndex,
		})
	}
	colour := e.paintFor(e.Stdout)
	err := out.print(e.Stdout, checked, func(w io.Writer) {
		printProblems(w, colour, problems, nil) // no excerpts: a line may hold a secret
		if len(checked.Sources) > 0 {
			columns(w, sourceRows(checked.Sources))
		}
		fmt.Fprintln(w, summary(colour, file, problems))
	})
	if err == nil && problems.Invalid() {
		return shown(exitInvalid)
	}
	return err
}

func sourceRows(sources []checkedSource) [][]string {
	rows := [][]string{{"SOURCE", "PRIORITY", "INTERVAL", "WATCH", "PRUNE", "ON INVALID"}}
	for _, s := range sources {
		rows = append(rows, []string{s.Name, fmt.Sprint(s.Priority), s.Interval.String(), yesNo(s.Watch), yesNo(s.Prune), string(s.OnInvalid)})
	}
	return rows
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
