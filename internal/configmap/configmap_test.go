package configmap

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/perseid-dev/perseid/internal/problem"
)

// The names are a contract: the chart gives the same ones with template functions.
func TestNames(t *testing.T) {
	for _, tt := range []struct {
		prefix, path string
		index        int
		want         string
	}{
		{"", "cpu.json", 0, "cpu-ed78a747"},
		{"", "cpu.json", 1, "cpu-1-"},
		{"", "dashboards/CPU Usage_2.yaml", 0, "dashboards-cpu-usage-2-"},
		{"team-a", "cpu.json", 0, "team-a-cpu-"},
		{"", "my.json.backup.json", 0, "my-json-backup-"},
		{"", "___.json", 0, "resource-"},
		{"", "日本.yml", 0, "resource-"},
		{"", strings.Repeat("a", 179) + "/" + strings.Repeat("b", 200) + ".json", 0, strings.Repeat("a", 179) + "-"},
	} {
		if got := Name(tt.prefix, tt.path, tt.index); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%q %q %d: %s, want %s", tt.prefix, tt.path, tt.index, got, tt.want)
		}
	}
}

// What the template of the chart documentation gets wrong (chart.md §8.1, 3 to 9): every pair has two names, and two keys.
func TestNamesAreApart(t *testing.T) {
	long := strings.Repeat("very-long-directory/", 20)
	for _, pair := range [][2]string{
		{"a-b/c.json", "a/b-c.json"}, {"sub-a.json", "sub/a.json"}, {"a.json", "a.yaml"}, {"A.json", "a.json"}, {"a_b.json", "a-b.json"},
		{long + "x.json", long + "y.json"}, {"dashboards/prometheus.json", "datasources/prometheus.json"}, {"日.json", "本.json"},
	} {
		a, b := Name("", pair[0], 0), Name("", pair[1], 0)
		if a == b {
			t.Errorf("%q and %q are both %s", pair[0], pair[1], a)
		}
	}
}

var objectName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

func FuzzName(f *testing.F) {
	f.Add("", "a/b.json", 0)
	f.Add("x", "--\x00é.yaml", 12)
	f.Fuzz(func(t *testing.T, prefix, path string, index int) {
		if name := Name(prefix, path, index); len(name)+len(".json.gz") > 253 || !objectName.MatchString(name) {
			t.Errorf("%q %q %d: %q cannot name an object", prefix, path, index, name)
		}
	})
}

// object is what Kubernetes reads of a manifest.
type object struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct {
		Name, Namespace string
		Labels          map[string]string
	}
	Data       map[string]string
	BinaryData map[string]string `yaml:"binaryData"`
	StringData map[string]string `yaml:"stringData"`
}

func render(t *testing.T, d Document, o Options) (Manifest, object) {
	t.Helper()
	m, err := Render(d, o)
	if err != nil {
		t.Fatal(err)
	}
	var read object
	if err := yaml.Unmarshal(m.Text, &read); err != nil {
		t.Fatalf("%v:\n%s", err, m.Text)
	}
	return m, read
}

// Whatever a document holds, the manifest is YAML that gives the same JSON back.
func TestManifestsGiveTheDocumentBack(t *testing.T) {
	body, err := json.Marshal(map[string]string{"x": "a\u007f\u0085\u2028\ufeff\U0001f600 # : |- \t\n \"'", "true": "yes"})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []bool{false, true} {
		for _, zip := range []bool{false, true} {
			m, read := render(t, Document{Path: "a\nb/é.json", Body: body, Secret: secret}, Options{Namespace: "true", Label: "on/a", Value: "true", Gzip: zip})
			if read.Metadata.Name != m.Name || read.Metadata.Namespace != "true" || read.Metadata.Labels["on/a"] != "true" || read.Kind != m.Kind {
				t.Errorf("%+v", read)
			}
			got := map[[2]bool]string{
				{false, false}: read.Data[m.Key], {true, false}: read.StringData[m.Key],
				{false, true}: read.BinaryData[m.Key], {true, true}: read.Data[m.Key],
			}[[2]bool{secret, zip}]
			if zip {
				got = unpack(t, got)
			}
			var a, b any
			if err := json.Unmarshal([]byte(got), &a); err != nil {
				t.Fatalf("%v: %s", err, got)
			}
			if err := json.Unmarshal(body, &b); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(b, a); diff != "" {
				t.Errorf("secret %t, gzip %t: %s", secret, zip, diff)
			}
		}
	}
}

func unpack(t *testing.T, text string) string {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	data, err = io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Sizes are known before a cluster says so, with the way out.
func TestSizes(t *testing.T) {
	noise := make([]byte, MaxValue)
	for i := range noise {
		noise[i] = byte('a' + rand.IntN(26))
	}
	for _, tt := range []struct {
		body string
		zip  bool
		want string
	}{
		{strings.Repeat("x", MaxValue/8), false, ""},
		{strings.Repeat("x", MaxValue/2), false, "warning a.json: a manifest of 524"},
		{strings.Repeat("x", MaxValue), false, "error a.json: 1048578 bytes, and an object takes 1048576 (add --gzip"},
		{strings.Repeat("x", 2*MaxValue), true, ""},
		{strings.Repeat(string(noise), 2), true, "error a.json: "},
	} {
		_, problems, err := RenderAll([]Document{{Path: "a.json", Body: fmt.Appendf(nil, "%q", tt.body)}}, Options{Label: "l", Gzip: tt.zip})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range problems {
			got += string(p.Severity) + " " + p.String()
		}
		if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%d bytes, gzip %t: %q, want %q", len(tt.body), tt.zip, got, tt.want)
		}
	}
}

// Two documents of one name are an error, whatever the odds.
func TestOneNameTwice(t *testing.T) {
	d := Document{Path: "a.json", Body: []byte("{}")}
	_, problems, err := RenderAll([]Document{d, d}, Options{Label: "l"})
	if err != nil || !problems.Invalid() || problems[0].Code != problem.CodeDuplicate {
		t.Errorf("%v %v", problems, err)
	}
}
