package chart_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/perseid-dev/perseid/test/chart/helm"
)

// differences from what the chart of Perses renders, by the place they are at, and the words of docs/chart.md that tell of each.
var differences = []struct{ at, told string }{
	{`^[^ ]+ metadata\.namespace$`, "every object has its namespace"},
	{`^Service/perses-headless`, "the headless Service exists"},
	{`^ClusterRole(Binding)?/(monitoring:)?perses-clusterrole(binding)?`, "ClusterRoles are named"},
	{`^(ConfigMap|ServiceAccount|Role|RoleBinding|Pod)/perses-test`, "the test is one pod"},
	{`annotations\.checksum/config$`, "checksums are of contents"},
	{`enableServiceLinks$`, "`enableServiceLinks: false`"},
	{`automountServiceAccountToken$|kube-api-access|/var/run/secrets`, "the token is mounted where it is used"},
	{`containers\.perses-provisioning-sidecar\.image$`, "the default images"},
	{`containers\.perses-provisioning-sidecar\.(imagePullPolicy|ports|livenessProbe|readinessProbe|securityContext)`, "the sidecar has a security context, probes, a port, `pullPolicy`"},
	{`containers\.perses\.env\.PERSES_PROVISIONING_ENABLE_WATCH`, "`provisioning.enable_watch` reaches Perses as an environment variable"},
	{`containers\.perses\.volumeMounts\./etc/perses/config\.readOnly$`, "the configuration is mounted read-only"},
}

// TestDifferencesAreTold compares what "server: perses" renders with what the chart of Perses does, place by place: each difference is told of in
// docs/chart.md, with its reason, and what is told of is there.
func TestDifferencesAreTold(t *testing.T) {
	text, err := os.ReadFile("testdata/perses/described.yaml")
	if err != nil {
		t.Fatal(err)
	}
	theirs, ours := map[string]string{}, map[string]string{}
	for _, document := range strings.Split(string(text), "\n---\n") {
		var o helm.Object
		if err := yaml.UnmarshalStrict([]byte(document), &o); err != nil {
			t.Fatal(err)
		}
		flatten(theirs, o.Kind()+"/"+o.Name()+" ", map[string]any(o))
	}
	for _, o := range render(t, "{server: perses, sidecar: {enabled: true}, persistence: {enabled: true}}").Objects {
		if metadata, ok := o.At("metadata").(map[string]any); ok {
			delete(metadata, "labels")
		}
		flatten(ours, o.Kind()+"/"+o.Name()+" ", map[string]any(o))
	}
	page, err := os.ReadFile("../../docs/chart.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "## What differs from the Perses chart")
	found := map[string]bool{}
	for place := range merge(theirs, ours) {
		if theirs[place] == ours[place] {
			continue
		}
		why := ""
		for _, d := range differences {
			if regexp.MustCompile(d.at).MatchString(place) {
				why = d.told
			}
		}
		found[why] = true
		if why == "" {
			t.Errorf("%s is %q in the chart of Perses and %q here, and docs/chart.md does not say so", place, theirs[place], ours[place])
		}
	}
	for _, d := range differences {
		if !found[d.told] {
			t.Errorf("%q is told of, and does not differ", d.told)
		}
		if !strings.Contains(table, d.told) {
			t.Errorf("docs/chart.md does not say %q", d.told)
		}
	}
}

// flatten puts every value under its path. What has a name in a list is found by it, mounts by where they are.
func flatten(into map[string]string, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			flatten(into, path+"."+key, inner)
		}
		if len(v) > 0 {
			return
		}
	case []any:
		for i, inner := range v {
			key := fmt.Sprint(i)
			if o, is := inner.(map[string]any); is {
				for _, name := range []string{"mountPath", "name"} {
					if text, ok := o[name].(string); ok {
						key = text
						break
					}
				}
			}
			flatten(into, path+"."+key, inner)
		}
		return
	}
	into[strings.Replace(path, " .", " ", 1)] = fmt.Sprint(value)
}

func merge(a, b map[string]string) map[string]bool {
	all := map[string]bool{}
	for _, m := range []map[string]string{a, b} {
		for key := range m {
			all[key] = true
		}
	}
	return all
}
