package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/source"
)

type inspectOptions struct {
	remote
	path string
	out  output
}

func newArtifactInspectCommand(e Env) *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use:   "inspect ARTIFACT",
		Short: "Show what a mount of an artifact would contain",
		Long: `Reads a whole artifact, verifies every digest in it, and shows what a mount
would contain: what it says of itself, whether its index holds, its directories,
and every document.`,
		Example: `  perseid artifact inspect build/boards:v1.4.0
  perseid artifact inspect boards.tar --path prod
  perseid artifact inspect registry.example.com/team/boards:v1 -o json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.out.validate(); err != nil {
				return err
			}
			return runArtifactInspect(cmd.Context(), e, o, args[0])
		},
	}
	cmd.Flags().StringVar(&o.path, "path", "", "`DIRECTORY` in the artifact to look at alone")
	o.remote.addFlags(cmd)
	o.out.addFlags(cmd)
	return cmd
}

// inspected is the product of inspect.
type inspected struct {
	Artifact    string                `json:"artifact"`
	Digest      source.Digest         `json:"digest"`
	Layers      []artifact.Descriptor `json:"layers"`
	Annotations map[string]string     `json:"annotations,omitempty"`
	Labels      map[string]string     `json:"labels,omitempty"`
	Size        int64                 `json:"size"`  // bytes as it is stored
	Bytes       int64                 `json:"bytes"` // of the files
	Index       inspectedIndex        `json:"index"`
	Directories []inspectedDirectory  `json:"directories"`
	Documents   []inspectedDocument   `json:"documents"`
	Others      []string              `json:"others,omitempty"` // files that are no documents
}

// inspectedIndex is what perseid.index says, and whether it is so.
type inspectedIndex struct {
	State    string   `json:"state"` // matches, differs or missing
	Why      string   `json:"why,omitempty"`
	Revision string   `json:"revision,omitempty"`
	Version  string   `json:"version,omitempty"`
	Unlisted []string `json:"unlisted,omitempty"`
}

// inspectedDirectory is one first-level directory, which can be mounted or served alone.
type inspectedDirectory struct {
	Name      string `json:"name"`
	Documents int    `json:"documents"`
	Indexed   bool   `json:"indexed"`
}

type inspectedDocument struct {
	Kind     string       `json:"kind,omitempty"`
	Project  string       `json:"project,omitempty"`
	Name     string       `json:"name,omitempty"`
	Path     string       `json:"path"`
	Index    int          `json:"index"`
	Problems problem.List `json:"problems,omitempty"`
}

func runArtifactInspect(ctx context.Context, e Env, o inspectOptions, name string) error {
	image, err := openArtifact(ctx, e, o.remote, name)
	if err != nil {
		return err
	}
	defer image.close()
	x := inspection{below: strings.Trim(path.Clean("/"+o.path), "/"), directories: map[string]*inspectedDirectory{}}
	if err := image.Walk(ctx, archive.Limits{}, x.file); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if x.below != "" && len(x.files)+len(x.result.Others) == 0 {
		return fmt.Errorf("%s has no directory %s", name, o.path)
	}
	result := x.finish(image)
	return o.out.print(e.Stdout, result, func(w io.Writer) { result.write(w, e.paintFor(w)) })
}

// inspection gathers what Walk hands over. It is believed only once Walk has returned well.
type inspection struct {
	below       string
	result      inspected
	files       []source.File
	index       []byte
	directories map[string]*inspectedDirectory
}

func (x *inspection) file(f archive.File, r io.Reader) error {
	name := f.Path
	if x.below != "" {
		inside, ok := strings.CutPrefix(name, x.below+"/")
		if !ok {
			return nil
		}
		name = inside
	}
	x.result.Bytes += f.Size
	directory := x.directory(name)
	switch {
	case path.Base(name) == source.IndexName:
		return x.indexFile(name, directory, r)
	case !source.IsDocument(name) || slices.ContainsFunc(strings.Split(name, "/"), source.IsPassedOver):
		x.result.Others = append(x.result.Others, name)
		return nil
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	file := source.File{Path: name, Digest: source.DigestOf(data), Size: f.Size}
	x.files = append(x.files, file)
	content := desired.Examiner{CaseSensitive: true}.Examine(data, desired.KeyOf(file), nil)
	directory.Documents += len(content.Documents)
	for _, d := range content.Documents {
		x.result.Documents = append(x.result.Documents, inspectedDocument{
			Kind: d.ID.Kind, Project: d.ID.Project, Name: d.ID.Name, Path: name, Index: d.Index, Problems: d.Problems,
		})
	}
	if len(content.Documents) == 0 {
		x.result.Documents = append(x.result.Documents, inspectedDocument{Path: name, Problems: content.Problems})
	}
	return nil
}

// directory is the first-level directory of a file; one that is thrown away for files in the root.
func (x *inspection) directory(name string) *inspectedDirectory {
	first, _, nested := strings.Cut(name, "/")
	if !nested {
		return &inspectedDirectory{}
	}
	if x.directories[first] == nil {
		x.directories[first] = &inspectedDirectory{Name: first}
	}
	return x.directories[first]
}

func (x *inspection) indexFile(name string, directory *inspectedDirectory, r io.Reader) (err error) {
	if name == source.IndexName {
		x.index, err = io.ReadAll(r)
	}
	if name == directory.Name+"/"+source.IndexName {
		directory.Indexed = true
	}
	return err
}

func (x *inspection) finish(image *opened) inspected {
	result := x.result
	result.Artifact, result.Digest, result.Layers, result.Size = image.name, image.Descriptor.Digest, image.Manifest.Layers, image.Size()
	result.Annotations, result.Labels = image.Manifest.Annotations, image.Config.Config.Labels
	result.Index = x.vouched()
	result.Directories = []inspectedDirectory{}
	for _, name := range slices.Sorted(maps.Keys(x.directories)) {
		result.Directories = append(result.Directories, *x.directories[name])
	}
	slices.SortStableFunc(result.Documents, func(a, b inspectedDocument) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(result.Others)
	return result
}

// vouched holds the files against the index.
func (x *inspection) vouched() inspectedIndex {
	if x.index == nil {
		return inspectedIndex{State: "missing"}
	}
	index, err := source.DecodeIndex(x.index)
	if err != nil {
		return inspectedIndex{State: "differs", Why: err.Error()}
	}
	out := inspectedIndex{State: "matches", Revision: index.Revision, Version: index.Version}
	_, unlisted, mismatch := index.Select(x.files)
	if out.Unlisted = unlisted; mismatch != "" {
		out.State, out.Why = "differs", mismatch
	}
	return out
}
