package server

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/pace"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/source/kubernetes"
)

// resourcesOf are the objects that a setting means, in the order they are listed in.
var resourcesOf = map[config.Resources][]kube.Resource{
	config.OnlyConfigMaps: {kube.ConfigMaps},
	config.OnlySecrets:    {kube.Secrets},
	config.Both:           {kube.ConfigMaps, kube.Secrets},
}

// configMaps prepares a source that follows a cluster. Nothing is asked of the API server yet: one that is away stops nobody.
func (o *opener) configMaps(s config.SourceConfig, c *config.ConfigMaps, opened *reconcile.SourceConfig) error {
	client, err := kube.Open(kube.Config{Kubeconfig: c.Kubeconfig})
	if err != nil {
		return err
	}
	namespaces, home, err := namespacesOf(client, c)
	if err != nil {
		return err
	}
	opened.Kind, opened.Home, opened.MayEmpty = "kubernetes", home, true
	opened.Source = kubernetes.New(kubernetes.Options{
		Name: s.Name, Client: client, Namespaces: namespaces, Selector: c.Selector(), Resources: resourcesOf[c.Resources],
		Accept: isDocuments, Expand: true, Pace: pace.Delivery(), Bodies: o.bodies, Interval: s.Interval, Log: o.log,
	})
	o.clusters[s.Name] = client
	return nil
}

// namespacesOf gives the namespaces to read, none for all of them, and Perseid's own, whose documents need no rule (R35). To a cluster that is
// read by a kubeconfig Perseid is a guest: none of its namespaces is Perseid's own, whatever the file's context says.
func namespacesOf(client *kube.Client, c *config.ConfigMaps) (namespaces []string, home string, err error) {
	own, err := client.OwnNamespace()
	if err != nil && len(c.Namespaces) == 0 {
		return nil, "", fmt.Errorf("configmaps.namespaces names none: %w", err)
	}
	if c.Kubeconfig == "" {
		home = own
	}
	switch {
	case c.All():
		return nil, home, nil
	case len(c.Namespaces) == 0:
		return []string{own}, home, nil
	}
	return c.Namespaces, home, nil
}

// isDocuments says whether a key holds documents, by its extension, as the name of a file says it.
func isDocuments(key string) bool {
	_, ok := resource.FormatOf(key)
	return ok
}

// rulesOf are the rules of delivery.tenancy, as names are compared: folded where the database is case-insensitive.
func rulesOf(c *config.Config) []desired.Rule {
	fold := func(names []string) []string {
		out := make([]string, 0, len(names))
		for _, name := range names {
			if !c.Database.File.CaseSensitive {
				name = strings.ToLower(name)
			}
			out = append(out, name)
		}
		return out
	}
	var rules []desired.Rule
	for _, t := range c.Delivery.Tenancy {
		kinds := t.Kinds
		if len(kinds) == 0 {
			kinds = config.TenancyKinds
		}
		rules = append(rules, desired.Rule{Namespaces: t.Namespaces, Projects: fold(t.Projects), Kinds: kinds})
	}
	return rules
}

// refuseTwice refuses a directory that a sidecar fills with the very ConfigMaps that another source follows: each document would be
// declared twice, and a deletion would bring back what the slower one still has (R37). The sidecar's index says what it mirrors.
func (o *opener) refuseTwice() error {
	followed := map[string]string{}
	for _, s := range o.config.Sources() {
		if c, ok := s.Location.(*config.ConfigMaps); ok {
			followed[c.Selector()] = s.Name
		}
	}
	for _, s := range o.config.Sources() {
		d, ok := s.Location.(*config.Directory)
		if !ok {
			continue
		}
		if label := mirrored(d.String()); label != "" && followed[label] != "" {
			return fmt.Errorf("sources %s and %s read the same: a sidecar fills %s with what has the label %s. Remove the sidecar and the directory, or the source of ConfigMaps",
				followed[label], s.Name, d, label)
		}
	}
	return nil
}

// mirrored is the label of what a sidecar keeps in a directory; "" for a directory that none keeps, as far as can be seen.
func mirrored(directory string) string {
	path := filepath.Join(directory, source.IndexName)
	info, err := os.Stat(path)
	if err != nil || info.Size() > source.MaxIndexBytes {
		return ""
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	index, err := source.DecodeIndex(data)
	if err != nil {
		return ""
	}
	return index.Label
}
