package registry

import (
	"context"
	"errors"
	"regexp"
)

// Tags lists the tags of the repository, without those that tools keep signatures under.
func (r *Repository) Tags(ctx context.Context) ([]string, error) {
	var tags []string
	err := r.repo.Tags(ctx, "", func(page []string) error {
		for _, tag := range page {
			if !aside.MatchString(tag) {
				tags = append(tags, tag)
			}
		}
		if len(tags) > MaxTags {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return tags[:MaxTags], nil
	}
	if err != nil {
		return nil, r.explain("list the tags of", "", err)
	}
	return tags, nil
}

// aside are tags that say something about a manifest: signatures, attestations, referrers where the registry keeps no list of them.
var aside = regexp.MustCompile(`^sha(256-[0-9a-f]{64}|512-[0-9a-f]{128})(\.[a-z]+)?$`)
