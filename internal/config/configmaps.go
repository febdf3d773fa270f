package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// AllNamespaces in a list of namespaces stands for every one.
const AllNamespaces = "*"

// ConfigMaps are the labelled ConfigMaps and Secrets of a cluster.
type ConfigMaps struct {
	// Namespaces are those to read: Perseid's own if empty, every one if it is "*".
	Namespaces []string `json:"namespaces,omitempty"`
	Label      string   `json:"label"`
	// LabelValue is any value if empty.
	LabelValue string    `json:"label_value"`
	Resources  Resources `json:"resources"`
	// Kubeconfig is the path of a file; without one the service account of the pod is used.
	Kubeconfig string `json:"kubeconfig,omitempty"`
}

// Resources says which objects of a cluster are read.
type Resources string

// The values of Resources.
const (
	OnlyConfigMaps Resources = "configmaps"
	OnlySecrets    Resources = "secrets"
	Both           Resources = "both"
)

func (c *ConfigMaps) setDefaults() {
	c.Label, c.LabelValue, c.Resources = "perses.dev/resource", "true", OnlyConfigMaps
}

// Selector is the label selector, as Kubernetes writes it.
func (c *ConfigMaps) Selector() string {
	if c.LabelValue == "" {
		return c.Label
	}
	return c.Label + "=" + c.LabelValue
}

// All says whether every namespace is read.
func (c *ConfigMaps) All() bool { return slices.Contains(c.Namespaces, AllNamespaces) }

// String implements Location.
func (c *ConfigMaps) String() string {
	where := "its own namespace"
	switch {
	case c.All():
		where = "all namespaces"
	case len(c.Namespaces) > 0:
		where = strings.Join(c.Namespaces, ", ")
	}
	if c.Kubeconfig != "" {
		where += " of the cluster in " + c.Kubeconfig
	}
	what := map[Resources]string{OnlyConfigMaps: "configmaps", OnlySecrets: "secrets", Both: "configmaps and secrets"}[c.Resources]
	return fmt.Sprintf("%s with %s in %s", what, c.Selector(), where)
}

func (c *ConfigMaps) name() string { return "configmaps:" + c.Selector() }

// What Kubernetes takes for the name of a namespace, a label and its value.
var (
	namespacePattern  = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	labelPattern      = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	labelValuePattern = regexp.MustCompile(`^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$`)
)

func (c *ConfigMaps) resolve(r *reader, at string, entry Source, s *SourceConfig) {
	for i, namespace := range c.Namespaces {
		place := fmt.Sprintf("%s.namespaces[%d]", at, i)
		switch {
		case namespace == AllNamespaces && len(c.Namespaces) > 1:
			r.fail(problem.CodeValue, place, `"*" stands for every namespace, and others are named beside it`, "keep the one or the others")
		case namespace != AllNamespaces && !namespacePattern.MatchString(namespace):
			r.fail(problem.CodeValue, place, fmt.Sprintf("%q is not the name of a namespace", namespace), `name each as it is, or write "*" for all of them`)
		case slices.Index(c.Namespaces, namespace) < i:
			r.fail(problem.CodeDuplicate, place, fmt.Sprintf("%q is listed twice", namespace), "remove one")
		}
	}
	if !labelPattern.MatchString(c.Label) {
		r.fail(problem.CodeValue, at+".label", fmt.Sprintf("%q is not the name of a label", c.Label), "write it as in perses.dev/resource")
	}
	if !labelValuePattern.MatchString(c.LabelValue) {
		r.fail(problem.CodeValue, at+".label_value", fmt.Sprintf("%q is not the value of a label", c.LabelValue), "use at most 63 letters, digits, dashes, underscores and dots")
	}
	c.refuse(r, parentOf(at), entry)
	s.OnInvalid = Skip
}

// refuse reports settings that mean nothing for a cluster, or that would let one namespace stop all others.
func (c *ConfigMaps) refuse(r *reader, at string, entry Source) {
	if entry.OnInvalid == Hold {
		r.fail(problem.CodeValue, at+".on_invalid", "one namespace's mistake would hold back every other namespace", "remove it: ConfigMaps skip what is invalid")
	}
	if entry.Pin != "" {
		r.fail(problem.CodeValue, at+".pin", "ConfigMaps have no releases to stay at", "remove it")
	}
	if entry.RequireIndex {
		r.fail(problem.CodeValue, at+".require_index", "ConfigMaps have no index", "remove it")
	}
}
