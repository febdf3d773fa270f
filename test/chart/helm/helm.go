// Package helm renders charts with Helm's own engine, as "helm install" would, without a cluster and without its command.
package helm

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	"sigs.k8s.io/yaml"
)

// Options say what is installed as what. The zero value is the release perses in the namespace monitoring of a current Kubernetes.
type Options struct {
	Release, Namespace, Kubernetes string
	Values                         map[string]any
}

// Manifests are what a chart renders.
type Manifests struct {
	Text    string // every template with its name, in order of names
	Notes   string
	Objects []Object
}

// Object is one object, as JSON has it.
type Object map[string]any

// Load reads a chart from a directory.
func Load(dir string) (*chart.Chart, error) { return loader.LoadDir(dir) }

// Render checks the values against the schema, and executes the templates.
func Render(c *chart.Chart, o Options) (*Manifests, error) {
	values := o.Values
	if values == nil {
		values = map[string]any{}
	}
	capabilities, err := capabilities(o.Kubernetes)
	if err != nil {
		return nil, err
	}
	if err := chartutil.ProcessDependencies(c, values); err != nil {
		return nil, err
	}
	release := common.ReleaseOptions{Name: orDefault(o.Release, "perses"), Namespace: orDefault(o.Namespace, "monitoring"), Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(c, values, release, capabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(c, all)
	if err != nil {
		return nil, err
	}
	return collect(files)
}

func orDefault(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func capabilities(version string) (*common.Capabilities, error) {
	all := common.DefaultCapabilities.Copy()
	kube, err := common.ParseKubeVersion(orDefault(version, "v1.36.3"))
	if err != nil {
		return nil, err
	}
	all.KubeVersion = *kube
	return all, nil
}

func collect(files map[string]string) (*Manifests, error) {
	m := &Manifests{}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, "NOTES.txt") {
			m.Notes += files[name]
			continue
		}
		objects, err := decode(files[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", name, err, files[name])
		}
		if len(objects) > 0 {
			fmt.Fprintf(&text, "---\n# Source: %s\n%s\n", name, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(files[name]), "---")))
		}
		m.Objects = append(m.Objects, objects...)
	}
	m.Text = text.String()
	return m, nil
}

// decode reads the documents of a template. A key that comes twice is an error, since Kubernetes takes the last one and says nothing.
func decode(text string) (objects []Object, err error) {
	for _, document := range bytes.Split([]byte("\n"+text), []byte("\n---")) {
		var o Object
		if err := yaml.UnmarshalStrict(document, &o); err != nil {
			return nil, err
		}
		if len(o) > 0 {
			objects = append(objects, o)
		}
	}
	return objects, nil
}

// Kind of the object.
func (o Object) Kind() string { return o.Text("kind") }

// Name of the object.
func (o Object) Name() string { return o.Text("metadata", "name") }

// Text at a path of keys and indexes; empty if there is none.
func (o Object) Text(path ...any) string {
	switch v := o.At(path...).(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// At is the value at a path of keys and indexes; nil if there is none.
func (o Object) At(path ...any) any {
	var at any = map[string]any(o)
	for _, step := range path {
		switch inner := at.(type) {
		case map[string]any:
			key, _ := step.(string)
			at = inner[key]
		case []any:
			index, ok := step.(int)
			if !ok || index >= len(inner) {
				return nil
			}
			at = inner[index]
		default:
			return nil
		}
	}
	return at
}

// Find is the object of a kind and name; nil if there is none.
func (m *Manifests) Find(kind, name string) Object {
	for _, o := range m.Objects {
		if o.Kind() == kind && o.Name() == name {
			return o
		}
	}
	return nil
}

// Names lists every object as Kind/name, in order.
func (m *Manifests) Names() (names []string) {
	for _, o := range m.Objects {
		names = append(names, o.Kind()+"/"+o.Name())
	}
	slices.Sort(names)
	return names
}
