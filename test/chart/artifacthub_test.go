package chart_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestArtifactHub reads the annotations as Artifact Hub does, which drops what it cannot read, and says so to nobody who looks at the chart.
func TestArtifactHub(t *testing.T) {
	const pages = "https://github.com/perseid-dev/perseid/blob/main/"
	for _, dir := range []string{server, library} {
		c := load(t, dir).Metadata
		note := func(name string, into any) string {
			text := c.Annotations["artifacthub.io/"+name]
			if into != nil && text != "" {
				if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
					t.Errorf("%s: %s: %s", dir, name, err)
				}
			}
			return text
		}
		var changes []struct{ Kind, Description string }
		note("changes", &changes)
		for _, change := range changes {
			if !slices.Contains([]string{"added", "changed", "deprecated", "removed", "fixed", "security"}, change.Kind) || change.Description == "" {
				t.Errorf("%s: change %+v", dir, change)
			}
		}
		if len(changes) == 0 || note("license", nil) != "Apache-2.0" || note("category", nil) != "monitoring-logging" {
			t.Errorf("%s: %v", dir, c.Annotations)
		}
		if early := strings.HasPrefix(c.Version, "0."); (note("prerelease", nil) == "true") != early {
			t.Errorf("%s: version %s and prerelease %q", dir, c.Version, note("prerelease", nil))
		}
		var links []struct{ Name, URL string }
		note("links", &links)
		for _, link := range links {
			if _, err := os.Stat("../../" + strings.TrimPrefix(link.URL, pages)); err != nil || link.Name == "" || !strings.HasPrefix(link.URL, pages) {
				t.Errorf("%s: link %+v: %v", dir, link, err)
			}
		}
		if dir != server {
			continue
		}
		var images []struct{ Name, Image string }
		note("images", &images)
		var told, run []string
		for _, i := range images {
			told = append(told, i.Image)
		}
		for _, m := range regexp.MustCompile(`(?m)^ *image: "?([^"\s]+)"?$`).FindAllStringSubmatch(render(t, "configMaps: {by: sidecar}").Text, -1) {
			run = append(run, m[1])
		}
		slices.Sort(told)
		slices.Sort(run)
		if run = slices.Compact(run); !slices.Equal(told, run) {
			t.Errorf("images %q are told of, and %q run", told, run)
		}
	}
}
