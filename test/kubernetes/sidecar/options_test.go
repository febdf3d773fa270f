package sidecar

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

func text(name, key, content string) object {
	return object{name: name, data: map[string]string{key: content}}
}

func TestUniqueFilenames(t *testing.T) {
	w := newWorld(t)
	w.create(text("a", "x.json", "A"), text("b", "x.json", "B"), object{kind: "secret", name: "a", data: map[string]string{"x.json": "S"}})
	prefix := "namespace_" + w.namespace + "."
	w.pod("UNIQUE_FILENAMES=True").holds(map[string]string{
		prefix + "configmap_a.x.json": "A", prefix + "configmap_b.x.json": "B", prefix + "secret_a.x.json": "S"})
}

// A mode without the right to write works for updates, which it does not upstream.
func TestDefaultFileMode(t *testing.T) {
	w := newWorld(t)
	w.create(text("a", "x.json", "A"))
	p := w.pod("DEFAULT_FILE_MODE=440")
	p.holds(map[string]string{"x.json": "A"})
	w.replace(text("a", "x.json", "B"))
	p.holds(map[string]string{"x.json": "B"})
	if info, err := os.Stat(filepath.Join(p.folder, "x.json")); err != nil || info.Mode() != 0o440 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestNamespaces(t *testing.T) {
	w := newWorld(t)
	other, third := w.Namespace(t), w.Namespace(t)
	in := func(namespace string) object {
		return object{namespace: namespace, name: "a", label: namespace, data: map[string]string{namespace + ".json": "A"}}
	}
	w.create(in(w.namespace), in(other), in(third))
	w.account.Allow(t, other, cluster.Reads("secrets"))
	two := map[string]string{w.namespace + ".json": "A", other + ".json": "A"}
	w.pod("NAMESPACE=" + w.namespace + ", " + other).holds(two)
	p := w.pod("NAMESPACE="+w.namespace+","+other, "FOLDER_PER_NAMESPACE=true")
	p.holds(map[string]string{w.namespace + "/" + w.namespace + ".json": "A", other + "/" + other + ".json": "A"})
	everywhere := "LABEL=findme in (" + w.namespace + "," + other + "," + third + ")"
	w.account.Allow(t, "", cluster.Reads("secrets"))
	two[third+".json"] = "A"
	for _, namespace := range []string{"NAMESPACE=ALL", "NAMESPACE=", "NAMESPACE=ALL," + other} {
		w.pod(namespace, everywhere).holds(two)
	}
}

// A namespace that may not be read leaves what is known of it alone, and health says so.
func TestForbiddenNamespace(t *testing.T) {
	w := newWorld(t)
	other := w.Namespace(t)
	w.account.Allow(t, other, cluster.Reads("secrets"))
	w.create(text("a", "a.json", "A"), object{namespace: other, name: "b", data: map[string]string{"b.json": "B"}})
	p := w.pod("NAMESPACE="+w.namespace+","+other, "WATCH_SERVER_TIMEOUT=1", "K8S_CONTACT_THRESHOLD_SECONDS=3600").ready()
	both := map[string]string{"a.json": "A", "b.json": "B"}
	p.holds(both)
	w.account.Deny(t, other)
	p.eventually(func() string {
		if strings.Contains(p.health("/metrics"), `perseid_sidecar_stream_up{resource="configmap",namespace="`+other+`"} 0`) {
			return ""
		}
		return "no stream is said to fail"
	})
	w.replace(text("a", "a.json", "A2"))
	both["a.json"] = "A2"
	p.holds(both)
	p.kill() // a new life does not know what was there, but for its index
	p.start()
	w.replace(text("a", "a.json", "A3"))
	both["a.json"] = "A3"
	p.holds(both)
	p.healthIs("503 NOT READY")
	w.account.Allow(t, "", cluster.Reads("secrets"))
	p.ready()
	p.holds(both)
}

func TestMethodList(t *testing.T) {
	w := newWorld(t)
	d := w.dummy()
	w.create(text("a", "a.json", "A"), object{kind: "secret", name: "s", data: map[string]string{"s.json": "S"}}, text("u", "u.txt.url", d.URL+"/200"))
	p := w.pod("METHOD=LIST", "SCRIPT="+script(t, "#!/bin/sh\necho ran\n"), "REQ_URL="+d.URL+"/hook", "REQ_SKIP_INIT=true")
	if code := p.ends(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	p.holds(map[string]string{"a.json": "A", "s.json": "S", "u.txt": "200"})
	// Once for each pass: secrets, then ConfigMaps. REQ_SKIP_INIT does not count here.
	if runs, calls := strings.Count(p.log.String(), "stdout: ran"), d.times("GET /hook"); runs != 2 || calls != 2 {
		t.Errorf("%d runs of SCRIPT and %d calls of REQ_URL, want 2 each", runs, calls)
	}
	if code := w.pod("METHOD=LIST", "NAMESPACE="+w.Namespace(t), "REQ_RETRY_TOTAL=1").ends(); code != 1 {
		t.Errorf("exit code %d where reading is forbidden", code)
	}
}

func TestRequestHook(t *testing.T) {
	w := newWorld(t)
	d := w.dummy()
	w.create(text("early", "early.json", "E"))
	p := w.pod("REQ_URL="+d.URL+"/200", "REQ_METHOD=POST", `REQ_PAYLOAD={"a":1}`, "REQ_SKIP_INIT=true").ready()
	w.create(text("late", "late.json", "L"))
	w.eventually(func() string {
		if d.times(`POST /200 {"a":1}`) == 1 {
			return ""
		}
		return "the hook was not called once"
	})
	p.says("POST request sent to " + d.URL + "/200. Response: 200 OK 200")
	w.pod("REQ_URL=" + d.URL + "/404").ready()
	w.eventually(func() string {
		if d.times("GET /404") == 1 {
			return ""
		}
		return "the first sync does not call the hook once"
	})
}

func TestDebouncedHooks(t *testing.T) {
	w := newWorld(t)
	p := w.pod("SCRIPT="+script(t, "#!/bin/sh\necho ran\n"), "HOOK_DEBOUNCE=0.5").ready()
	for _, name := range []string{"a", "b", "c", "d"} {
		w.create(text(name, name+".json", "A"))
	}
	p.says("stdout: ran")
	if n := strings.Count(p.log.String(), "stdout: ran"); n != 1 {
		t.Errorf("the script ran %d times", n)
	}
}

// A script that hangs holds up no file.
func TestHangingScript(t *testing.T) {
	w := newWorld(t)
	w.create(text("a", "a.json", "A"))
	p := w.pod("SCRIPT=" + script(t, "#!/bin/sh\nsleep 1000\n")).ready()
	w.create(text("b", "b.json", "B"))
	p.holds(map[string]string{"a.json": "A", "b.json": "B"})
	if code := p.terminate(); code != 0 || !strings.Contains(p.log.String(), "Subprocess exiting gracefully") {
		t.Errorf("exit code %d", code)
	}
}

// What somebody else changed comes back, unless IGNORE_ALREADY_PROCESSED leaves it.
func TestRepair(t *testing.T) {
	w := newWorld(t)
	w.create(text("a", "a.json", "A"))
	p := w.pod("WATCH_SERVER_TIMEOUT=1").ready()
	ignoring := w.pod("WATCH_SERVER_TIMEOUT=1", "IGNORE_ALREADY_PROCESSED=true").ready()
	for _, q := range []*pod{p, ignoring} {
		q.holds(map[string]string{"a.json": "A"})
		if err := os.WriteFile(filepath.Join(q.folder, "a.json"), []byte("edited"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p.holds(map[string]string{"a.json": "A"})
	ignoring.holds(map[string]string{"a.json": "edited"})
	w.replace(text("a", "a.json", "B"))
	ignoring.holds(map[string]string{"a.json": "B"})
}

func TestExpand(t *testing.T) {
	w := newWorld(t)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte("expanded"))
	z.Close()
	w.create(object{name: "a", binary: map[string][]byte{"a.json.gz": b.Bytes()}})
	w.pod().holds(map[string]string{"a.json.gz": b.String()})
	w.pod("EXPAND=true").holds(map[string]string{"a.json": "expanded"})
}

func TestExitCodes(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		environ, arg, says string
		code               int
	}{
		{"RESOURCE=none", "", "RESOURCE", 1},
		{"LOG_LEVEL=TRACE", "", "LOG_LEVEL", 1},
		{"REQ_RETRY_TOTAL=x", "", "REQ_RETRY_TOTAL", 1},
		{"LOG_CONFIG=/opt/logging.yaml", "", "LOG_CONFIG is a logging configuration of Python", 1},
		{"", "--unknown", "unrecognized argument --unknown", 2},
		{"", "-h", "What is collected", 0},
	} {
		p := w.podLater(c.environ)
		if c.arg != "" {
			p.args = []string{c.arg}
		}
		p.start()
		if code := p.ends(); code != c.code || !strings.Contains(p.log.String(), c.says) {
			t.Errorf("%s%s: exit code %d", c.environ, c.arg, code)
		}
	}
	p := w.podLater()
	p.env = p.env[2:] // without LABEL and FOLDER
	p.start()
	if code := p.ends(); code != 1 {
		t.Errorf("exit code %d without LABEL and FOLDER", code)
	}
	p.says("LABEL is not set").says("FOLDER is not set")
}

// The container environment of the chart (contract chart.md §3), as it stands, with what the pod gives: a token, and no home.
func TestChartEnvironment(t *testing.T) {
	w := newWorld(t)
	w.account.Allow(t, "", cluster.Reads("secrets"))
	folder := filepath.Join(t.TempDir(), "etc/perses/provisioning")
	p := &pod{world: w, folder: folder}
	p.env = []string{"LABEL=perses.dev/resource", "LABEL_VALUE=true", "FOLDER=" + folder, "HEALTH_PORT=0", "NAMESPACE=ALL", "RESOURCE=both",
		"KUBECONFIG=" + w.account.Kubeconfig(t, "")}
	p.start()
	w.Apply(t, cluster.Object{Namespace: w.namespace, Name: "dashboards", Labels: map[string]string{"perses.dev/resource": "true"},
		Data: map[string]string{"dashboard.json": "{}"}})
	p.holds(map[string]string{"dashboard.json": "{}"})
	p.healthIs("200 OK")
}

// It runs as any user, who may write nothing but FOLDER, and without a directory for temporary files.
func TestAnyUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	w := newWorld(t)
	w.create(text("a", "a.json", "A"))
	p := w.podLater("TMPDIR=/nonexistent", "HOME=/nonexistent", "DEFAULT_FILE_MODE=440")
	if err := os.MkdirAll(p.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(p.folder, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	kubeconfig := p.variable("KUBECONFIG")
	config, err := os.ReadFile(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(config), `tokenFile: "`)
	token, _, _ := strings.Cut(rest, `"`)
	for _, path := range []string{kubeconfig, token, filepath.Dir(filepath.Dir(token))} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p.user = nobody
	p.start()
	p.holds(map[string]string{"a.json": "A"})
	w.replace(text("a", "a.json", "B"))
	p.holds(map[string]string{"a.json": "B"})
	p.healthIs("200 OK")
}
