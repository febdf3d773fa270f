package api

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/resource"
)

// TestMetadataIsWhatResourceWrites: the short way and the long way give the same bytes.
func TestMetadataIsWhatResourceWrites(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.FixedZone("", 3600))
	for name, m := range map[string]resource.Metadata{
		"plain":         {Name: "a.b-c_D", CreatedAt: at, UpdatedAt: at.Add(time.Hour), Version: 12, Project: "p"},
		"zero":          {Name: "a", Project: "p"},
		"one tag":       {Name: "a", Tags: []string{"x"}, Project: "p"},
		"tags":          {Name: "a", Tags: []string{"x y", "z"}, Project: "p"},
		"tag to escape": {Name: "a", Tags: []string{`<"&\` + "\n"}, Project: "p"},
		"accented tag":  {Name: "a", Tags: []string{"é\u2028"}, Project: "p"},
		"unknown field": {Name: "a", Project: "p", Extra: []resource.Field{{Name: "x", Value: resource.Value{Type: resource.Bool, Text: "true"}}}},
	} {
		for _, k := range resource.Kinds() {
			m := m
			if !k.Project {
				m.Project = ""
			}
			r := resource.Resource{Kind: k, Metadata: m, Spec: resource.Value{Type: resource.Object}}
			if diff := cmp.Diff(string(r.JSON()), string(withoutSpec(k)(&m))); diff != "" {
				t.Errorf("%s, %s:\n%s", name, k.Name, diff)
			}
		}
	}
}
