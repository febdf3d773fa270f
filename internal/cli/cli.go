// Package cli is the command line of Perseid: one file per command, one form of output, one table of exit codes.
//
// A command is a constructor that gets the Env, an options struct that is checked before anything is read or opened, and a
// function that does the work by calling the packages that know how. Standard output is the product, standard error the
// progress. It decides nothing about resources or delivery, and it is the only home of cobra.
package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// Env is the world a command runs in.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Environ        []string // as of os.Environ
}

// Getenv returns the value of an environment variable, the last one if it is there twice; "" if it is not.
func (e Env) Getenv(name string) string {
	value := ""
	for _, variable := range e.Environ {
		if v, ok := strings.CutPrefix(variable, name+"="); ok {
			value = v
		}
	}
	return value
}

// Run runs the command that args (without the program's name) say, and returns the exit code. What went wrong is on e.Stderr.
// It returns after everything the command started has stopped; ending ctx asks for that.
func Run(ctx context.Context, args []string, e Env) int {
	started := false
	root := newRootCommand(e)
	root.PersistentPreRun = func(*cobra.Command, []string) { started = true }
	root.SetArgs(doubleDashes(args))
	command, err := root.ExecuteContextC(ctx)
	if err != nil && !started {
		err = usage(err) // cobra found it before any command ran
	}
	report(e, command, err)
	return codeOf(err)
}

func newRootCommand(e Env) *cobra.Command {
	root := &cobra.Command{
		Use:   "perseid",
		Short: "Deliver Perses resources as code, and serve them",
		Long: `Perseid delivers Perses resources (dashboards, datasources, projects,
variables and more) as code, and serves them: a Perses-compatible API over a
file database that is kept equal to the directories of documents it is given.

` + exitHelp(),
		Example: `  perseid serve ./resources          serve a directory, and follow it
  perseid validate ./resources       check the documents before they are merged
  perseid status                     what became of every document`,
		Args:          onlySubcommands,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          needsSubcommand,
	}
	root.SetIn(e.Stdin)
	root.SetOut(e.Stdout)
	root.SetErr(e.Stderr)
	root.SetFlagErrorFunc(flagOfServe)
	root.SetUsageTemplate(narrow(root.UsageTemplate()))
	addCommands(root, e)
	root.InitDefaultHelpCmd()
	return root
}

// addCommands adds every command, in the groups that help shows.
func addCommands(root *cobra.Command, e Env) {
	for _, group := range []struct {
		title    string
		commands []*cobra.Command
	}{
		{"Documents and directories:", []*cobra.Command{
			newValidateCommand(e), newTreeCommand(e), newDiffCommand(e), newIndexCommand(e), newConfigMapsCommand(e), newArtifactCommand(e),
		}},
		{"Ask a server:", []*cobra.Command{
			newStatusCommand(e), newWhyCommand(e), newHistoryCommand(e), newWaitCommand(e),
		}},
		{"Tell a server:", []*cobra.Command{
			newReconcileCommand(e), newPruneCommand(e), newRollbackCommand(e), newUnpinCommand(e), newUndoCommand(e),
			newUnlockCommand(e), newSuspendCommand(e), newResumeCommand(e), newForgetCommand(e),
		}},
		{"Run a server:", []*cobra.Command{
			newServeCommand(e), newConfigCommand(e), newDBCommand(e),
		}},
	} {
		root.AddGroup(&cobra.Group{ID: group.title, Title: group.title})
		for _, cmd := range group.commands {
			cmd.GroupID = group.title
		}
		root.AddCommand(group.commands...)
	}
	root.AddCommand(newVersionCommand(e))
}

// narrow makes flags fit 80 columns.
func narrow(template string) string {
	return strings.NewReplacer(
		".LocalFlags.FlagUsages", ".LocalFlags.FlagUsagesWrapped 80",
		".InheritedFlags.FlagUsages", ".InheritedFlags.FlagUsagesWrapped 80",
	).Replace(template)
}

// flagOfServe helps those who type a flag of Perses where the command is missing, as the arguments of its image do.
func flagOfServe(cmd *cobra.Command, err error) error {
	isOne := func(flag string) bool { return strings.HasSuffix(err.Error(), "--"+flag) }
	if !cmd.HasParent() && slices.ContainsFunc(persesFlags, isOne) {
		return fmt.Errorf("%w (it is a flag of perseid serve)", err)
	}
	return err
}

// onlySubcommands refuses what is not the name of a subcommand, and suggests one that is near.
func onlySubcommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath())
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		err = fmt.Errorf("%w (did you mean %s?)", err, strings.Join(near, " or "))
	}
	return err
}

// needsSubcommand is what a command does that only groups others.
func needsSubcommand(cmd *cobra.Command, _ []string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usage(fmt.Errorf("%s needs a command: %s", cmd.CommandPath(), strings.Join(names, ", ")))
}
