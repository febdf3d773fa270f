// Command images makes container images of the programs, as OCI layouts, without Docker: one layout for each image, with an index of all
// platforms in it, which the version names.
//
// Nothing is downloaded: the certificates come from a module in go.sum, the time zones from Go's own release. The same commit gives the
// same digests with the same release of Go, whoever builds it. With a key the images are signed before they are named, and with -push
// they are brought to a registry, signatures included.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/images/image"
	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// options says what to build of what.
type options struct {
	binaries, out, project, goroot string
	platforms                      string
	version, revision, created     string
	name, key, push                string
}

func run(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("images", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.binaries, "binaries", "bin", "`DIRECTORY` of the programs, as OS/ARCHITECTURE/NAME")
	flags.StringVar(&o.out, "out", "bin/images", "`DIRECTORY` to write the layouts into, each made anew")
	flags.StringVar(&o.project, "project", ".", "`DIRECTORY` of LICENSE and NOTICE")
	flags.StringVar(&o.goroot, "goroot", "", "`DIRECTORY` of the release of Go whose time zones are taken (default: that of go env GOROOT)")
	flags.StringVar(&o.platforms, "platforms", "linux/amd64,linux/arm64", "`LIST` of platforms")
	flags.StringVar(&o.version, "version", "dev", "`VERSION`, which is the tag, too")
	flags.StringVar(&o.revision, "revision", "", "`COMMIT` the programs were built from")
	flags.StringVar(&o.created, "created", "", "`TIME` of the commit (default 1970)")
	flags.StringVar(&o.name, "name", "ghcr.io/perseid-dev", "`PREFIX` of the images' names, which old forms of signatures repeat")
	flags.StringVar(&o.key, "sign", "", "`FILE` of the private key to sign with, or env://NAME")
	flags.StringVar(&o.push, "push", "", "`PREFIX` of names in a registry to push to, such as ghcr.io/perseid-dev")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := build(ctx, o, stdout); err != nil {
		fmt.Fprintln(stderr, "images:", err)
		return 1
	}
	return 0
}

func build(ctx context.Context, o options, stdout io.Writer) error {
	shared, err := base(ctx, o.goroot, o.project)
	if err != nil {
		return err
	}
	for _, p := range products {
		l, d, err := layout(ctx, o, p, shared)
		if err == nil {
			err = deliver(ctx, o, p, l, d)
		}
		if err != nil {
			return fmt.Errorf("image %s: %w", p.name, err)
		}
		fmt.Fprintf(stdout, "%s:%s %s\n", filepath.Join(o.out, p.name), registry.TagOf(o.version), d.Digest)
	}
	return nil
}

// layout makes the layout of one image.
func layout(ctx context.Context, o options, p product, shared []image.Entry) (*artifact.Layout, artifact.Descriptor, error) {
	var none artifact.Descriptor
	directory := filepath.Join(o.out, p.name)
	if err := os.RemoveAll(directory); err != nil {
		return nil, none, err
	}
	l, err := artifact.CreateLayout(directory)
	if err != nil {
		return nil, none, err
	}
	annotations, created, err := o.annotations(p)
	if err != nil {
		return nil, none, err
	}
	lowest, err := image.Pack(ctx, l, "certificates, time zones, users, types of files", shared)
	if err != nil {
		return nil, none, err
	}
	var images []artifact.Descriptor
	for text := range strings.SplitSeq(o.platforms, ",") {
		system, architecture, ok := strings.Cut(text, "/")
		if !ok {
			return nil, none, fmt.Errorf("-platforms: %q is not OS/ARCHITECTURE", text)
		}
		top, err := programLayer(ctx, l, o, p, filepath.Join(system, architecture))
		if err != nil {
			return nil, none, err
		}
		d, err := image.Write(ctx, l, image.Spec{
			Platform: artifact.Platform{OS: system, Architecture: architecture}, Run: p.run,
			Annotations: annotations, Created: created, Layers: []image.Layer{lowest, top},
		})
		if err != nil {
			return nil, none, err
		}
		images = append(images, d)
	}
	d, err := image.WriteIndex(ctx, l, images, annotations, registry.TagOf(o.version))
	return l, d, err
}

// programLayer is what is the image's own: the program, and the places it expects.
func programLayer(ctx context.Context, l *artifact.Layout, o options, p product, platform string) (image.Layer, error) {
	data, err := os.ReadFile(filepath.Join(o.binaries, platform, p.name))
	if err != nil {
		return image.Layer{}, err
	}
	entries, err := p.entries()
	if err != nil {
		return image.Layer{}, err
	}
	return image.Pack(ctx, l, p.name, append(entries, image.Program("usr/bin/"+p.name, data)))
}

// annotations are those of the image specification, and the time they give.
func (o options) annotations(p product) (map[string]string, time.Time, error) {
	created := time.Unix(0, 0).UTC()
	if o.created != "" {
		var err error
		if created, err = time.Parse(time.RFC3339, o.created); err != nil {
			return nil, created, fmt.Errorf("-created: %w", err)
		}
		created = created.UTC()
	}
	all := map[string]string{
		artifact.AnnotationTitle: p.title, artifact.AnnotationDescription: p.about,
		artifact.AnnotationSource: "https://github.com/perseid-dev/perseid", artifact.AnnotationLicenses: "Apache-2.0",
		artifact.AnnotationVersion: o.version, artifact.AnnotationCreated: created.Format(time.RFC3339),
		"org.opencontainers.image.documentation": "https://github.com/perseid-dev/perseid/blob/main/docs/images.md",
	}
	if o.revision != "" {
		all[artifact.AnnotationRevision] = o.revision
	}
	return all, created, nil
}
