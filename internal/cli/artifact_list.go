package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/artifact/verify"
)

const askedAtOnce = 4 // manifests, of one registry

type listOptions struct {
	remote
	trust
	limit int
	out   output
}

func newArtifactListCommand(e Env) *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:   "list REPOSITORY",
		Short: "List the versions of an artifact in a registry",
		Long: `Lists the tags of a repository, the highest semantic version first, then those
that are none by name, with the digest, age and revision of each.

The column SIGNATURE says whether there is one; with --key it is verified, and
says by which key.`,
		Example: `  perseid artifact list registry.example.com/team/boards
  perseid artifact list --key team.pub -o json registry.example.com/team/boards`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runArtifactList(cmd.Context(), e, o, args[0])
		},
	}
	cmd.Flags().IntVarP(&o.limit, "limit", "n", 50, "at most `NUMBER` tags; 0 for all")
	o.trust.addFlags(cmd, "verify signatures")
	o.remote.addFlags(cmd)
	o.out.addFlags(cmd)
	return cmd
}

// listed is one tag.
type listed struct {
	Tag       string     `json:"tag"`
	Digest    string     `json:"digest,omitempty"`
	Created   *time.Time `json:"created,omitempty"`
	Revision  string     `json:"revision,omitempty"`
	Signature string     `json:"signature,omitempty"` // none, signed (not verified), the key that signed, or untrusted
	Error     string     `json:"error,omitempty"`
}

// What is said of signatures where no key is named.
const (
	signatureNone      = "none"
	signatureThere     = "signed"
	signatureUntrusted = "untrusted"
)

func runArtifactList(ctx context.Context, e Env, o listOptions, reference string) error {
	if err := o.out.validate(); err != nil {
		return err
	}
	keys, err := o.read(e)
	if err != nil {
		return err
	}
	repo, ref, err := o.repository(e, reference)
	if err == nil && (ref.Tag != "" || !ref.Digest.IsZero()) {
		err = usage(fmt.Errorf("%s is one artifact; list takes the repository, %s", ref, ref.Name()))
	}
	if err != nil {
		return err
	}
	tags, err := repo.Tags(ctx)
	if err != nil {
		return advise(err, ref)
	}
	slices.SortFunc(tags, registry.CompareTags)
	left := 0
	if o.limit > 0 && len(tags) > o.limit {
		left, tags = len(tags)-o.limit, tags[:o.limit]
	}
	rows := describeTags(ctx, repo, tags, keys)
	err = o.out.print(e.Stdout, rows, func(w io.Writer) { columns(w, listRows(rows, time.Now())) })
	if left > 0 {
		fmt.Fprintf(e.Stderr, "%s more; see them with --limit 0\n", plural(left, "tag"))
	}
	return err
}

// describeTags asks for several at once. A tag that cannot be read says why, and spoils no other.
func describeTags(ctx context.Context, repo *registry.Repository, tags []string, keys []verify.PublicKey) []listed {
	rows := make([]listed, len(tags))
	var group sync.WaitGroup
	slots := make(chan struct{}, askedAtOnce)
	for i, tag := range tags {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			rows[i] = describeTag(ctx, repo, tag, keys)
		})
	}
	group.Wait()
	return rows
}

func describeTag(ctx context.Context, repo *registry.Repository, tag string, keys []verify.PublicKey) listed {
	row := listed{Tag: tag}
	d, data, err := repo.Manifest(ctx, tag)
	if err == nil {
		row.Digest = d.Digest.String()
		var m artifact.Manifest // an index has its annotations in the same place
		if err = json.Unmarshal(data, &m); err == nil {
			row.Revision = m.Annotations[artifact.AnnotationRevision]
			if at, err := time.Parse(time.RFC3339, m.Annotations[artifact.AnnotationCreated]); err == nil && at.Unix() != 0 {
				row.Created = &at
			}
			row.Signature, err = signatureOf(ctx, repo, d, keys)
		}
	}
	if err != nil {
		row.Error = err.Error()
	}
	return row
}

func signatureOf(ctx context.Context, repo *registry.Repository, d artifact.Descriptor, keys []verify.PublicKey) (string, error) {
	found, err := verify.Check(ctx, repo, d, keys)
	switch {
	case err == nil:
		return found.Key.Name, nil
	case errors.Is(err, verify.ErrUnsigned):
		return signatureNone, nil
	case errors.Is(err, verify.ErrUntrusted) && len(keys) == 0:
		return signatureThere, nil
	case errors.Is(err, verify.ErrUntrusted):
		return signatureUntrusted, nil
	}
	return "", err
}

func listRows(rows []listed, now time.Time) [][]string {
	table := [][]string{{"TAG", "DIGEST", "AGE", "REVISION", "SIGNATURE"}}
	for _, row := range rows {
		if row.Error != "" {
			table = append(table, []string{row.Tag, printable(row.Error)})
			continue
		}
		made := "-"
		if row.Created != nil {
			made = age(*row.Created, now)
		}
		table = append(table, []string{row.Tag, shortDigest(row.Digest), made, shortRevision(row.Revision), printable(row.Signature)})
	}
	return table
}

// shortDigest is enough of a digest to tell two apart.
func shortDigest(digest string) string {
	const shown = len("sha256:") + 12
	return digest[:min(len(digest), shown)]
}

// shortRevision cuts a commit as Git does, and leaves what is no commit as it is.
func shortRevision(revision string) string {
	if revision == "" {
		return "-"
	}
	if len(revision) == 40 && strings.Trim(revision, "0123456789abcdef") == "" {
		return revision[:12]
	}
	return printable(revision)
}
