package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/source"
)

type buildOptions struct {
	tags, annotations        []string
	texts                    map[string]*string // of the annotations with flags of their own
	environments, noValidate bool
	given                    func(flag string) bool
	out                      output
}

func newArtifactBuildCommand(e Env) *cobra.Command {
	o := buildOptions{texts: map[string]*string{}}
	cmd := &cobra.Command{
		Use:   "build DIRECTORY [LAYOUT]",
		Short: "Make an artifact of a directory of documents",
		Long: `Packs the documents of a directory as one image that a server pulls, or
Kubernetes mounts, and writes it into a layout: a directory, or a tar archive if
its name ends in .tar. Without LAYOUT it is built and not kept. The digest is on
standard output: the same documents and texts have the same one on any machine.

Documents are checked first, as by perseid validate; with errors nothing is
built. If each first-level directory is an environment that is served alone
(path: prod, or subPath: prod of a mount), say so with --environments.

Only .json, .yaml and .yml files are packed, as they are. What .perseidignore
lists, in the form of .gitignore, is left out. Version (a tag of the commit),
revision and source are read from Git, if the directory is in a repository.
SOURCE_DATE_EPOCH sets the time of creation, which is 1970 otherwise.`,
		Example: `  perseid artifact build ./resources             check, and tell the digest
  perseid artifact build ./resources build/boards -t v1.4.0
  perseid artifact build ./resources boards.tar --revision "$GITHUB_SHA"`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.given = cmd.Flags().Changed
			if err := o.out.validate(); err != nil {
				return err
			}
			return runArtifactBuild(cmd.Context(), e, o, filepath.Clean(args[0]), strings.Join(args[1:], ""))
		},
	}
	f := cmd.Flags()
	f.StringArrayVarP(&o.tags, "tag", "t", []string{"latest"}, "`NAME` in the layout; may be repeated")
	for _, text := range buildTexts {
		o.texts[text.flag] = f.String(text.flag, "", text.usage)
	}
	f.StringArrayVar(&o.annotations, "annotation", nil, "further `KEY=VALUE` of the manifest, such as org.opencontainers.image.title; may be repeated")
	f.BoolVar(&o.environments, "environments", false, "check each first-level directory by itself")
	f.BoolVar(&o.noValidate, "no-validate", false, "do not check the documents")
	o.out.addFlags(cmd)
	return cmd
}

// buildTexts are the annotations that Git knows too.
var buildTexts = []struct{ flag, annotation, usage string }{
	{"version", artifact.AnnotationVersion, "`TEXT` that names the release, in place of a tag in Git"},
	{"revision", artifact.AnnotationRevision, "`TEXT` that names the content, in place of the commit in Git"},
	{"source", artifact.AnnotationSource, "`URL` of where the documents are from, in place of the remote origin in Git"},
}

// built is the product of build.
type built struct {
	Digest      source.Digest     `json:"digest"`
	Layer       source.Digest     `json:"layer"`
	Size        int64             `json:"size"`  // bytes as it is stored
	Bytes       int64             `json:"bytes"` // of the files
	Files       int               `json:"files"`
	Documents   int               `json:"documents,omitempty"` // if they were checked
	Layout      string            `json:"layout,omitempty"`
	Tags        []string          `json:"tags,omitempty"`
	Annotations map[string]string `json:"annotations"`
	Problems    problem.List      `json:"problems,omitempty"` // warnings
}

func runArtifactBuild(ctx context.Context, e Env, o buildOptions, directory, target string) error {
	if info, err := os.Stat(directory); err != nil {
		return fmt.Errorf("read %w", err)
	} else if !info.IsDir() {
		return usage(fmt.Errorf("%s: expected a directory", directory))
	}
	options, err := o.prepare(ctx, e, directory)
	if err != nil {
		return err
	}
	layout, keep, err := openTarget(target)
	if err != nil {
		return err
	}
	defer keep.discard()
	c := newBuildCheck(directory, o)
	result := built{Layout: target}
	progress := e.progress("packed")
	options.Check = c.see
	options.Progress = func(done, total int, bytes int64) {
		result.Files, result.Bytes = done, bytes
		progress.show(done, total)
	}
	image, err := artifact.Build(ctx, layout, options)
	progress.clear()
	if err != nil {
		return refuseFiles(e, directory, err)
	}
	if result.Documents, result.Problems, err = c.verdict(e); err != nil {
		return err
	}
	if target != "" {
		result.Tags = o.tags
		if err := keep.commit(ctx, layout, image, o.tags); err != nil {
			return err
		}
	}
	result.Digest, result.Layer, result.Size = image.Descriptor.Digest, image.Manifest.Layers[0].Digest, image.Size()
	result.Annotations = image.Manifest.Annotations
	fmt.Fprintln(e.Stderr, result.summary())
	return o.out.print(e.Stdout, result, func(w io.Writer) { fmt.Fprintln(w, result.Digest) })
}

func (b built) summary() string {
	text := fmt.Sprintf("%s, %s packed in %s", plural(b.Files, "file"), bytesText(b.Bytes), bytesText(b.Size))
	for _, name := range []string{artifact.AnnotationVersion, artifact.AnnotationRevision} {
		if value := b.Annotations[name]; value != "" {
			text += ", " + name[strings.LastIndexByte(name, '.')+1:] + " " + printable(value)
		}
	}
	return text
}

// prepare finds out what the artifact is to say of itself.
func (o *buildOptions) prepare(ctx context.Context, e Env, directory string) (artifact.Options, error) {
	options := artifact.Options{Directory: directory, Annotations: map[string]string{}}
	git := readGit(ctx, directory)
	for _, text := range buildTexts {
		options.Annotations[text.annotation] = git[text.annotation]
		if o.given(text.flag) {
			options.Annotations[text.annotation] = *o.texts[text.flag]
		}
	}
	for _, annotation := range o.annotations {
		key, value, ok := strings.Cut(annotation, "=")
		if !ok || key == "" {
			return options, usage(fmt.Errorf("--annotation %q: expected KEY=VALUE", annotation))
		}
		if key == artifact.AnnotationCreated {
			return options, usage(errors.New("the time of creation is set by SOURCE_DATE_EPOCH"))
		}
		options.Annotations[key] = value
	}
	if err := source.CheckRelease(slices.Collect(maps.Values(options.Annotations))...); err != nil {
		return options, usage(err)
	}
	if epoch := e.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil || seconds < 0 {
			return options, usage(fmt.Errorf("SOURCE_DATE_EPOCH=%q: expected seconds since 1970", epoch))
		}
		options.Created = time.Unix(seconds, 0)
	}
	return options, nil
}

// refuseFiles shows what cannot be packed as problems of the files.
func refuseFiles(e Env, directory string, err error) error {
	problems := problem.List(nil)
	if !errors.As(err, &problems) {
		return err
	}
	problems = slices.Clone(problems)
	for i := range problems {
		problems[i].Origin = filepath.Join(directory, problems[i].Origin)
	}
	return refuseBuild(e, problems, nil)
}

func refuseBuild(e Env, problems problem.List, lineOf func(problem.Problem) string) error {
	printProblems(e.Stderr, e.paintFor(e.Stderr), problems, lineOf)
	errors, _ := countProblems(problems)
	fmt.Fprintf(e.Stderr, "perseid: %s, so nothing is built\n", plural(errors, "error"))
	return shown(exitInvalid)
}

// bytesText is a number of bytes for people.
func bytesText(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
