package cli

import (
	"context"
	"net/url"
	"os/exec"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact"
)

// gitPatience is how long Git may take for an answer; without one, the artifact says less.
const gitPatience = 10 * time.Second

// readGit asks Git what a directory is: empty where there is no Git, no repository or no commit. A work tree with changes is no
// version, and its revision says that it is dirty.
func readGit(ctx context.Context, directory string) map[string]string {
	ctx, cancel := context.WithTimeout(ctx, gitPatience)
	defer cancel()
	git := func(args ...string) string {
		// No program of the repository's configuration is run.
		out, err := exec.CommandContext(ctx, "git", append([]string{"-C", directory, "-c", "core.fsmonitor=false"}, args...)...).Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	revision := git("rev-parse", "--verify", "--quiet", "HEAD")
	if revision == "" {
		return nil
	}
	texts := map[string]string{artifact.AnnotationRevision: revision, artifact.AnnotationSource: webAddress(git("remote", "get-url", "origin"))}
	if git("status", "--porcelain", "--", ".") != "" {
		texts[artifact.AnnotationRevision] += "-dirty"
		return texts
	}
	texts[artifact.AnnotationVersion], _, _ = strings.Cut(git("tag", "--points-at", "HEAD", "--sort=-version:refname"), "\n")
	return texts
}

// webAddress makes one address of the several by which people clone a repository, without the credentials in it.
func webAddress(remote string) string {
	if host, path, ok := strings.Cut(remote, ":"); ok && !strings.Contains(remote, "://") && !strings.Contains(host, "/") {
		remote = "ssh://" + host + "/" + strings.TrimPrefix(path, "/")
	}
	u, err := url.Parse(remote)
	if err != nil || u.Hostname() == "" {
		return "" // a path on this machine says nothing to others
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	if u.Scheme == "ssh" || u.Scheme == "git" {
		u.Scheme, u.Host = "https", u.Hostname()
	}
	return strings.TrimSuffix(strings.TrimSuffix(u.String(), "/"), ".git")
}
