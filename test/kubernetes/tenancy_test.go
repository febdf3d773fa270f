package kubernetes_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// R34, R35, R36: the hostile tenant, line by line. Nothing of the other team changes, and each refusal is an Event on what was refused.
func TestHostileTenant(t *testing.T) {
	w := newTeams(t)
	s := serve(t, w.account, nil, w.settings)
	w.apply(t, w.mine, "project", project(w.mine))
	w.apply(t, w.mine, "cpu", dashboard(w.mine, "cpu", "1h"))
	path := "/api/v1/projects/" + w.mine + "/dashboards/cpu"
	s.visible(t, path, `"1h"`)
	_, before := s.get(t, path)
	_, projectBefore := s.get(t, "/api/v1/projects/"+w.mine)

	grab := w.apply(t, w.his, "grab", dashboard(w.mine, "cpu", "9h"), "priority=9999")
	theft := w.apply(t, w.his, "theft", "kind: Project\nmetadata: {name: "+w.mine+"}\nspec: {display: {name: mine}}\n")
	binding := w.apply(t, w.his, "binding", "kind: RoleBinding\nmetadata: {project: "+w.mine+", name: x}\nspec: {role: owner, subjects: [{kind: User, name: eve}]}\n")
	token := w.object(w.his, "token", "kind: Secret\nmetadata: {project: "+w.mine+", name: s}\nspec: {basicAuth: {username: u, passwordFile: /var/run/secrets/kubernetes.io/serviceaccount/token}}\n")
	token.Resource = "secrets"
	w.c.Apply(t, token)

	for _, tt := range []struct{ name, says string }{
		{"grab", "dashboard " + w.mine + "/cpu belongs to namespace " + w.mine + " (" + w.mine + "/configmap/cpu:x.yaml)"},
		{"theft", "project " + w.mine + " belongs to namespace " + w.mine},
		{"binding", "namespace " + w.his + " may not declare rolebinding " + w.mine + "/x without a rule"},
		{"token", "names a file or variable of the server"},
	} {
		s.becomes(t, w.his+"/"+tt.name, delivery.Refused)
		s.told(t, w.his+"/"+tt.name, "Refused", tt.says)
	}
	if message := s.told(t, w.his+"/binding", "Refused", "delivery:"); !strings.Contains(message,
		fmt.Sprintf("- {namespaces: [%q], projects: [%q], kinds: [RoleBinding]}", w.his, w.mine)) {
		t.Errorf("the rule to paste is not in %s", message)
	}
	for _, o := range []cluster.Object{grab, theft, binding, token} {
		w.c.Delete(t, o)
	}
	eventually(t, "the intruder to be forgotten", func() bool {
		for _, d := range s.documents(t) {
			if d.Object != nil && d.Object.Namespace == w.his {
				return false
			}
		}
		return true
	})
	if _, after := s.get(t, path); after != before {
		t.Errorf("the dashboard was\n%s\nand is\n%s", before, after)
	}
	if _, after := s.get(t, "/api/v1/projects/"+w.mine); after != projectBefore {
		t.Errorf("the project was\n%s\nand is\n%s", projectBefore, after)
	}
	if code, _ := s.get(t, "/api/v1/projects/"+w.mine+"/secrets/s"); code == http.StatusOK {
		t.Error("the Secret is served")
	}
	if strings.Contains(s.log.String(), "serviceaccount/token") {
		t.Error("the log quotes the Secret")
	}
}

// R35: with rules, rules decide; the rule that a refusal prints lets the document in.
func TestRulesDecide(t *testing.T) {
	w := newTeams(t)
	s := serve(t, w.account, nil, w.settings+"  tenancy:\n  - {namespaces: ['team-*'], projects: ['{namespace}', '{namespace}-*']}\n")
	w.apply(t, w.his, "own", project(w.his)+"---\n"+dashboard(w.his, "cpu", "1h"))
	s.visible(t, "/api/v1/projects/"+w.his+"/dashboards/cpu", `"1h"`)
	w.apply(t, w.his, "other", dashboard(w.mine, "cpu", "1h"))
	s.becomes(t, w.his+"/other", delivery.Refused)
	s.told(t, w.his+"/other", "Refused", "no rule of delivery.tenancy lets namespace "+w.his+" declare dashboard "+w.mine+"/cpu")
}

// R8: of two claims in one namespace the older stands, and the author of the other is told; when it goes, the other takes over.
func TestTwoClaimants(t *testing.T) {
	w := newTeams(t)
	s := serve(t, w.account, nil, w.settings)
	old := w.apply(t, w.mine, "b-old", project(w.mine)+"---\n"+dashboard(w.mine, "cpu", "1h"))
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/cpu", `"1h"`)
	eventually(t, "another second, so that ages differ", newSecond())
	w.apply(t, w.mine, "a-new", dashboard(w.mine, "cpu", "2h"))
	s.becomes(t, w.mine+"/a-new", delivery.Shadowed)
	s.told(t, w.mine+"/a-new", "Shadowed", w.mine+"/configmap/b-old:x.yaml")
	w.apply(t, w.mine, "a-new", dashboard(w.mine, "cpu", "2h"), "priority=1")
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/cpu", `"2h"`)
	s.told(t, w.mine+"/a-new", "Applied", "all of its documents are served now")
	w.apply(t, w.mine, "a-new", dashboard(w.mine, "cpu", "2h"))
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/cpu", `"1h"`)
	w.apply(t, w.mine, "project", project(w.mine))
	w.c.Delete(t, old)
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/cpu", `"2h"`)
}

// Annotations that make no sense are told, and do nothing else.
func TestEvilAnnotations(t *testing.T) {
	w := newTeams(t)
	s := serve(t, w.account, nil, w.settings)
	w.apply(t, w.mine, "project", project(w.mine))
	for i, tt := range []struct{ annotation, says string }{
		{"project=../../etc", `annotation perseid.dev/project: "../../etc" is not the name of a project`},
		{"priority=1e9", `annotation perseid.dev/priority: "1e9" is not a whole number`},
		{"priority=99999999999999999999999", "is not a whole number"},
		{"suspend=perhaps", `is not "true" or "false"`},
		{"project=" + strings.Repeat("a", 10_000), "is not the name of a project"},
		{"priority=\x1b[31m\n", "is not a whole number"},
	} {
		name := fmt.Sprintf("evil-%d", i)
		w.apply(t, w.mine, name, dashboard(w.mine, name, "1h"), tt.annotation)
		if got := s.becomes(t, w.mine+"/"+name, delivery.Invalid); !strings.Contains(got, tt.says) || len(got) > 1000 {
			t.Errorf("%.40q: %s", tt.annotation, got)
		}
		s.told(t, w.mine+"/"+name, "Invalid", tt.says)
	}
	w.apply(t, w.mine, "belongs", "kind: Dashboard\nmetadata: {name: belongs}\nspec: {panels: {}, layouts: []}\n", "project="+w.mine)
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/belongs", `"1h"`)

	kept := w.apply(t, w.mine, "kept", dashboard(w.mine, "kept", "1h"), "prune=disabled")
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/kept", `"1h"`)
	w.c.Delete(t, kept)
	eventually(t, "it to be released", func() bool {
		for _, d := range s.documents(t) {
			if d.Name == "kept" && d.Outcome == delivery.Released {
				return true
			}
		}
		return false
	})
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/kept", `"1h"`)
}

// A value that cannot be expanded is its author's to mend, and told like any other fault; what was served of it stays.
func TestTornValueIsTold(t *testing.T) {
	w := newTeams(t)
	s := serve(t, w.account, nil, w.settings)
	w.apply(t, w.mine, "project", project(w.mine))
	o := w.object(w.mine, "packed", "")
	put := func(data []byte) {
		o.Data, o.Binary = nil, map[string][]byte{"cpu.yaml.gz": data}
		w.c.Apply(t, o)
	}
	put(gzipped(t, []byte(dashboard(w.mine, "cpu", "1h"))))
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/cpu", `"1h"`)
	put(gzipped(t, []byte(dashboard(w.mine, "cpu", "2h")))[:20])
	s.told(t, w.mine+"/packed", "Invalid", "cpu.yaml.gz cannot be expanded")
	s.becomes(t, w.mine+"/packed", delivery.Invalid)
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/cpu", `"1h"`)
	put(gzipped(t, []byte(dashboard(w.mine, "cpu", "3h"))))
	s.visible(t, "/api/v1/projects/"+w.mine+"/dashboards/cpu", `"3h"`)
	s.told(t, w.mine+"/packed", "Applied", "served now")
}

// The two ConfigMaps of the chart's documentation, as they stand there: the author is told the two lines that mend the dashboard.
func TestExamplesOfTheChartDocumentation(t *testing.T) {
	w := newTeams(t)
	s := serve(t, w.account, nil, w.settings)
	o := w.object(w.mine, "my-dashboard", "")
	o.Data = map[string]string{"dashboard.json": `{"kind":"Dashboard","metadata":{"name":"my-dashboard","project":"default"},"spec":{"display":{"name":"My Dashboard"},` +
		`"panels":{"panel1":{"kind":"Panel","spec":{"display":{"name":"Sample Panel"},"plugin":{"kind":"TimeSeriesChart","spec":{}}}}}}}`}
	w.c.Apply(t, o)
	p := w.object(w.mine, "my-project", "")
	p.Data = map[string]string{"project.json": `{"kind":"Project","metadata":{"name":"my-project"},"spec":{"display":{"name":"My Project"}}}`}
	w.c.Apply(t, p)
	s.visible(t, "/api/v1/projects/my-project", "My Project")
	message := s.told(t, w.mine+"/my-dashboard", "Invalid", "kind: Project\n    metadata: {name: \"default\"}")
	if !strings.HasPrefix(message, "dashboard.json:") {
		t.Errorf("the key is not named: %s", message)
	}

	described := describe(t, w.mine, "my-dashboard")
	for _, want := range []string{"Warning  Invalid", `metadata.project "default" doesn't exist`, "kind: Project", `metadata: {name: "default"}`} {
		if !strings.Contains(described, want) {
			t.Errorf("kubectl describe configmap does not show %q:\n%s", want, described)
		}
	}
	t.Logf("kubectl describe configmap:\n%s", described[max(0, strings.Index(described, "Events:")):])

	w.apply(t, w.mine, "default", "kind: Project\nmetadata: {name: \"default\"}\n")
	s.visible(t, "/api/v1/projects/default/dashboards/my-dashboard", "My Dashboard")
	s.told(t, w.mine+"/my-dashboard", "Applied", "served now")
}

// R33: what a Secret holds is quoted nowhere, whatever its kind, and lies in the clear nowhere but in the resource it became.
func TestNothingOfASecretIsQuoted(t *testing.T) {
	const secret = "hunter2"
	w := newTeams(t)
	s := serve(t, w.account, nil, w.settings)
	w.apply(t, w.mine, "project", project(w.mine))
	for name, body := range map[string]string{
		"value":    "kind: Dashboard\nmetadata: {project: " + w.mine + ", name: value}\nspec: {panels: {}, layouts: [], duration: hunter2}\n",
		"syntax":   "kind: Dashboard\nhunter2: : [\n",
		"kind":     "kind: hunter2\n",
		"variable": "kind: Dashboard\nmetadata: {project: " + w.mine + ", name: v}\nspec: {variables: [{kind: TextVariable, spec: {name: a, value: $hunter2}}]}\n",
	} {
		o := w.object(w.mine, name, body)
		o.Resource = "secrets"
		w.c.Apply(t, o)
		if name != "variable" {
			s.told(t, w.mine+"/"+name, "Invalid", "")
		}
	}
	s.becomes(t, w.mine+"/syntax", delivery.Invalid)
	for _, path := range []string{"/api/delivery/v1/documents", "/api/delivery/v1/sources", "/metrics"} {
		if _, body := s.get(t, path); strings.Contains(body, secret) {
			t.Errorf("%s quotes it: %s", path, body)
		}
	}
	for _, e := range s.events(t, w.mine) {
		if strings.Contains(e.Message, secret) {
			t.Errorf("an Event quotes it: %s", e.Message)
		}
	}
	if strings.Contains(s.log.String(), secret) {
		t.Error("the log quotes it")
	}
	err := filepath.WalkDir(filepath.Join(s.database, ".perseid"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), secret) {
			t.Errorf("%s holds it in the clear", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// describe is what kubectl shows the administrator of a ConfigMap.
func describe(t *testing.T, namespace, name string) string {
	t.Helper()
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("no kubectl here")
	}
	out, err := exec.Command(kubectl, "--kubeconfig", adminKubeconfig(t), "-n", namespace, "describe", "configmap", name).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// newSecond waits for the clock of the API server, which counts the age of objects in seconds.
func newSecond() func() bool {
	start := time.Now().Unix()
	return func() bool { return time.Now().Unix() > start }
}

func adminKubeconfig(t *testing.T) string {
	t.Helper()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("the-admin-of-a-test"), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := shared.Kubeconfig(shared.URL, token)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// What the guide tells to apply is taken by a cluster as it stands there.
func TestManifestsOfTheGuide(t *testing.T) {
	server(t)
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("no kubectl here")
	}
	guide, err := os.ReadFile("../../docs/configmaps.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(guide), "```yaml\n")
	manifests, _, found := strings.Cut(rest, "```")
	if !found || !strings.Contains(manifests, "kind: StatefulSet") {
		t.Fatal("the first block of YAML in the guide is not the server")
	}
	apply := exec.Command(kubectl, "--kubeconfig", adminKubeconfig(t), "apply", "-f", "-")
	apply.Stdin = strings.NewReader(manifests)
	if out, err := apply.CombinedOutput(); err != nil || strings.Count(string(out), "created") != 6 {
		t.Errorf("%v: %s", err, out)
	}
}
