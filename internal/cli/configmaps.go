package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/configmap"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

type configMapsOptions struct {
	configmap.Options
	label string
	to    string
}

func newConfigMapsCommand(e Env) *cobra.Command {
	var o configMapsOptions
	cmd := &cobra.Command{
		Use:   "configmaps DIRECTORY",
		Short: "Write documents as labelled ConfigMaps",
		Long: `Writes each document of a directory as a ConfigMap with the label that servers
and sidecars look for, and a document that holds secrets as a Secret. The
manifests go to standard output, to be piped to kubectl, or with --to into a
directory, to be committed: one file each, and files that an earlier run wrote
for documents which are gone are removed.

Names follow from the path of a document, so a change of one document changes
one manifest. Documents are checked first, as by perseid validate; with errors
nothing is written.`,
		Example: `  perseid configmaps ./resources | kubectl apply --server-side -n team-a -f -
  perseid configmaps ./resources --namespace team-a --to ./manifests
  perseid configmaps ./resources --gzip --prefix shop`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(args[0]); err != nil {
				return err
			}
			return runConfigMaps(cmd.Context(), e, o, filepath.Clean(args[0]))
		},
	}
	cmd.Flags().StringVarP(&o.Namespace, "namespace", "n", "", "`NAME` of the namespace; by default none is written, and kubectl says which")
	cmd.Flags().StringVar(&o.label, "label", "perses.dev/resource=true", "`KEY=VALUE` of the label")
	cmd.Flags().StringVar(&o.Prefix, "prefix", "", "`TEXT` to start names with, where several directories share a namespace or a sidecar")
	cmd.Flags().BoolVar(&o.Gzip, "gzip", false, "compress the documents: for more than 1 MiB. Perseid reads that, a sidecar where it is switched on")
	cmd.Flags().StringVar(&o.to, "to", "", "`DIRECTORY` to write a file for each manifest into")
	return cmd
}

func (o *configMapsOptions) validate(directory string) error {
	var found bool
	if o.Label, o.Value, found = strings.Cut(o.label, "="); !found || o.Label == "" {
		return usage(fmt.Errorf("--label %q: expected KEY=VALUE", o.label))
	}
	if o.to == "" {
		return nil
	}
	from, err := filepath.Abs(directory)
	if err != nil {
		return err
	}
	to, err := filepath.Abs(o.to)
	if err != nil {
		return err
	}
	if below, err := filepath.Rel(from, to); err == nil && filepath.IsLocal(below) {
		return usage(fmt.Errorf("--to %s lies in %s: its manifests would be read as documents the next time", o.to, directory))
	}
	return nil
}

func runConfigMaps(ctx context.Context, e Env, o configMapsOptions, directory string) error {
	if info, err := os.Stat(directory); err != nil {
		return fmt.Errorf("read %w", err)
	} else if !info.IsDir() {
		return usage(fmt.Errorf("%s: expected a directory", directory))
	}
	g, err := readGiven(ctx, e, desired.Examiner{}, []string{directory})
	if err != nil {
		return err
	}
	problems := g.errors(false)
	manifests, limits, err := configmap.RenderAll(g.declared(directory), o.Options)
	if err != nil {
		return err
	}
	problems = slices.Concat(problems, limits, secretsAside(manifests))
	printProblems(e.Stderr, e.paintFor(e.Stderr), problems, g.excerptOf())
	if errors := withoutWarnings(problems); len(errors) > 0 {
		fmt.Fprintf(e.Stderr, "perseid: %s, so nothing is written\n", plural(len(errors), "error"))
		return shown(exitInvalid)
	}
	if o.to == "" {
		_, err := e.Stdout.Write(bytes.Join(texts(manifests), []byte("---\n")))
		return err
	}
	rows, err := placeManifests(o.to, manifests)
	columns(e.Stdout, rows)
	return err
}

// declared is every valid document of a directory, as its author would write it.
func (g *given) declared(directory string) []configmap.Document {
	var out []configmap.Document
	for _, f := range g.sorted() {
		documents, _ := resource.Decode(g.bodies[f.Digest], desired.KeyOf(f).Format)
		for _, d := range documents {
			if d.Resource != nil {
				path := strings.TrimPrefix(f.Path, filepath.ToSlash(directory)+"/")
				out = append(out, configmap.Document{Path: path, Index: d.Index, Body: d.Resource.Declaration(), Secret: d.Resource.Kind.Secret})
			}
		}
	}
	return out
}

func texts(manifests []configmap.Manifest) [][]byte {
	var out [][]byte
	for _, m := range manifests {
		out = append(out, m.Text)
	}
	return out
}

// secretsAside warns of documents that are to be read from Secrets.
func secretsAside(manifests []configmap.Manifest) problem.List {
	var out problem.List
	for _, m := range manifests {
		if m.Kind == "Secret" {
			out = append(out, problem.Problem{
				Code: problem.CodeUnsupported, Severity: problem.Warning, Origin: m.Path, Message: "holds a secret, so it is written as a Secret",
				Hint: "have Secrets read too (resources: both), and keep the manifest out of Git",
			})
		}
	}
	return out
}
