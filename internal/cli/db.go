package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/store"
)

func newDBCommand(e Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "db",
		Short: "Check, repair, hand over, back up or restore a database directory",
		Example: `  perseid db check /var/lib/perseid
  perseid db repair /var/lib/perseid
  perseid db backup /var/lib/perseid perseid.tar
  perseid db restore perseid.tar /var/lib/perseid
  perseid db release /var/lib/perseid`,
		Args: onlySubcommands,
		RunE: needsSubcommand,
	}
	cmd.AddCommand(newDBCheckCommand(e), newDBRepairCommand(e), newDBReleaseCommand(e), newDBBackupCommand(e), newDBRestoreCommand(e))
	return cmd
}

func newDBCheckCommand(e Env) *cobra.Command {
	var (
		out  output
		file string
	)
	cmd := &cobra.Command{
		Use:   "check DIRECTORY",
		Short: "Read everything in a database, and report what cannot be read",
		Long: `Reads every document and what Perseid remembers of them, and changes nothing.
It may run beside a server, and then sees a write on its way.

The format, the case mode and the encryption key are those of the configuration;
without one they are yaml, case-insensitive and Perses' well-known key.`,
		Example: `  perseid db check /var/lib/perseid
  perseid db check --config /etc/perses/config.yaml /perses -o json`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := out.validate(); err != nil {
				return err
			}
			return runDBCheck(e, args[0], file, out)
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "configuration `FILE` of the server")
	out.addFlags(cmd)
	return cmd
}

func runDBCheck(e Env, directory, file string, out output) error {
	o, err := databaseOptions(e, directory, file)
	if err != nil {
		return err
	}
	report, err := store.Check(directory, o)
	if err != nil {
		return err
	}
	err = out.print(e.Stdout, report, func(w io.Writer) { checkLines(w, e.paintFor(e.Stdout), report) })
	if err == nil && report.Problems.Invalid() {
		return shown(exitInvalid)
	}
	return err
}

// databaseOptions are those of the database that a configuration is for.
func databaseOptions(e Env, directory, file string) (store.Options, error) {
	c, problems := config.Load(config.Options{File: file, Environ: e.Environ, Database: directory})
	if problems.Invalid() {
		printProblems(e.Stderr, e.paintFor(e.Stderr), problems, nil)
		return store.Options{}, shown(exitInvalid)
	}
	key, err := seal.NewKey(c.Key())
	return store.Options{Extension: string(c.Database.File.Extension), CaseSensitive: c.Database.File.CaseSensitive, Key: key}, err
}

func checkLines(w io.Writer, colour paint, report store.Report) {
	printProblems(w, colour, report.Problems, nil)
	what := fmt.Sprintf("%s, %d of them managed", plural(report.Documents, "readable document"), report.Managed)
	fmt.Fprintln(w, summary(colour, what, report.Problems))
}

func newDBReleaseCommand(e Env) *cobra.Command {
	return &cobra.Command{
		Use:   "release DIRECTORY",
		Short: "Finish what is under way, for Perses to take over",
		Long: `Finishes the journal: every document then lies whole where Perses expects it.
The server must have stopped. What Perseid remembers stays in .perseid, which
Perses does not look at.`,
		Example: `  perseid db release /var/lib/perseid`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := store.Release(args[0]); err != nil {
				return err
			}
			fmt.Fprintf(e.Stderr, "%s can be handed over.\n", args[0])
			return nil
		},
	}
}

func newDBBackupCommand(e Env) *cobra.Command {
	return &cobra.Command{
		Use:   "backup DIRECTORY FILE",
		Short: "Write a tar of one state of a database",
		Long: `Writes a tar of the documents and of what Perseid remembers of them. The server
must have stopped. FILE must not exist; - is standard output. Secrets in it are
encrypted as they are in the database; the key is not in it.`,
		Example: `  perseid db backup /var/lib/perseid perseid.tar
  perseid db backup /var/lib/perseid - | gzip > perseid.tar.gz`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			return runDBBackup(e, args[0], args[1])
		},
	}
}

func runDBBackup(e Env, directory, name string) error {
	if name == "-" {
		return store.Backup(directory, e.Stdout)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create backup: %w", err)
	}
	err = errors.Join(store.Backup(directory, file), file.Sync(), file.Close())
	if err != nil {
		return errors.Join(err, os.Remove(name)) // half a backup is none
	}
	fmt.Fprintf(e.Stderr, "%s is a backup of %s.\n", name, directory)
	return nil
}

func newDBRestoreCommand(e Env) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE DIRECTORY",
		Short: "Unpack a backup into an empty directory",
		Long: `Unpacks a backup. DIRECTORY must be missing or empty. The server that opens it
needs the encryption key of the one that was backed up.`,
		Example: `  perseid db restore perseid.tar /var/lib/perseid`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := store.Restore(args[0], args[1]); err != nil {
				return err
			}
			fmt.Fprintf(e.Stderr, "%s is restored from %s.\n", args[1], args[0])
			return nil
		},
	}
}
