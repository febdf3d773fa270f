package validate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// FuzzInspect looks for documents that break the checks, give other answers the second time, or say something that has no place.
func FuzzInspect(f *testing.F) {
	for _, seed := range []string{
		`{"kind":"Dashboard","metadata":{"name":"d","project":"p"},"spec":` + grid("#/spec/panels/cpu", "/x") + `}`,
		`{"kind":"Dashboard","metadata":{"name":"d","project":"p"},"spec":` + variables(text("a", "$b"), query("b", "$a $c"), list("c", `,"defaultValue":["x"]`)) + `}`,
		`{"kind":"Datasource","metadata":{"name":"d","project":"p"},"spec":` + plugin(`{"proxy":{"kind":"HTTPProxy","spec":{"url":":"}}}`) + `}`,
		`{"kind":"Secret","metadata":{"name":"d","project":"p"},"spec":{"basicAuth":{"username":"u","password":"<secret>"}}}`,
		`{"kind":"Folder","metadata":{"name":"d","project":"p"},"spec":{"items":[{"kind":"Dashboard","name":"a"}]}}`,
		`{"kind":"Role","metadata":{"name":"d","project":"p"},"spec":{"permissions":[{"actions":["*"],"scopes":["User"]}]}}`,
		`{"kind":"User","metadata":{"name":"d"},"spec":{"nativeProvider":{"password":"p"},"oauthProviders":[{}]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, _ := resource.Decode(data, resource.JSON)
		for _, d := range docs {
			if d.Resource != nil {
				inspectTwice(t, d.Resource)
			}
		}
	})
}

func inspectTwice(t *testing.T, r *resource.Resource) {
	facts, list := Inspect(r)
	again, listAgain := Inspect(r)
	if diff := cmp.Diff(facts, again) + cmp.Diff(list, listAgain); diff != "" {
		t.Errorf("the second look differs:\n%s", diff)
	}
	for _, p := range list {
		if p.Message == "" || p.Path == "" && p.Code != problem.CodeLimit {
			t.Errorf("problem %+v", p)
		}
	}
}

// Real dashboards have nothing wrong in themselves.
func TestRealDashboards(t *testing.T) {
	paths, err := filepath.Glob("../../../shared/corpus/dashboards/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skip("the corpus of real dashboards is not here")
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		docs, list := resource.Decode(data, resource.YAML)
		for _, d := range docs {
			list = append(list, d.Problems...)
			if d.Resource != nil {
				_, found := Inspect(d.Resource)
				list = append(list, found...)
			}
		}
		for _, p := range list {
			t.Errorf("%s: %s", filepath.Base(path), p)
		}
	}
}

func BenchmarkInspect(b *testing.B) {
	data, err := os.ReadFile("../../../shared/corpus/dashboards/node-exporter-cluster-use-method.yaml")
	if err != nil {
		b.Skip("the corpus of real dashboards is not here")
	}
	docs, list := resource.Decode(data, resource.YAML)
	if len(docs) != 1 || docs[0].Resource == nil {
		b.Fatalf("decode: %v", list)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, list := Inspect(docs[0].Resource); list.Invalid() {
			b.Fatal(list)
		}
	}
}
