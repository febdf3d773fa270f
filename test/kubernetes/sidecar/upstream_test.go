package sidecar

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// The objects of upstream's pipeline (contract §14.3), and what change_resources.yaml makes of them.
func upstreamObjects(absolute, server string) (before, after []object) {
	before = []object{
		{name: "sample-configmap", label: "yea", data: map[string]string{"hello.world": "Hello World!"}, binary: map[string][]byte{"cm-kubelogo.png": logo}},
		{kind: "secret", name: "sample-secret-binary", label: "yea", binary: map[string][]byte{"secret-kubelogo.png": logo}},
		{name: "absolute-configmap", label: "yup", directory: absolute, data: map[string]string{"absolute.txt": "This absolutely exists"}},
		{name: "relative-configmap", directory: "relative", data: map[string]string{"relative.txt": "This relatively exists"}},
		{name: "change-dir-configmap", directory: "orig-dir", data: map[string]string{"change-dir.txt": "This change-dir exists"}},
		{name: "similar-configmap-secret", data: map[string]string{"similar-configmap.txt": "I'm very similar"}},
		{kind: "secret", name: "similar-configmap-secret", data: map[string]string{"similar-secret.txt": "I'm very similar"}},
	}
	after = []object{
		{name: "sample-configmap", label: "yea", data: map[string]string{"change-hello.world": "Hello World!"}, binary: map[string][]byte{"change-cm-kubelogo.png": logo}},
		{kind: "secret", name: "sample-secret-binary", label: "yea", binary: map[string][]byte{"change-secret-kubelogo.png": logo}},
		{name: "absolute-configmap", label: "yup", directory: absolute, data: map[string]string{"change-absolute.txt": "This absolutely exists"}},
		{name: "relative-configmap", directory: "relative", data: map[string]string{"change-relative.txt": "This relatively exists"}},
		{name: "change-dir-configmap", directory: "new-dir", data: map[string]string{"change-dir.txt": "This change-dir exists"}},
		{name: "similar-configmap-secret", data: map[string]string{"change-similar-configmap.txt": "I'm very similar"}},
		{kind: "secret", name: "similar-configmap-secret", data: map[string]string{"change-similar-secret.txt": "I'm very similar"}},
	}
	before = append(before,
		object{name: "url-configmap-500", data: map[string]string{"500.txt.url": server + "/500"}},
		object{name: "url-configmap-basic-auth", data: map[string]string{"secured.txt.url": server + "/secured"}},
		object{name: "url-configmap-binary-download", binary: map[string][]byte{"url-downloaded-kubelogo.png.url": []byte(server + "/static/kubelogo.png")}},
	)
	return before, after
}

// upstreamFiles is what must be there before and after the update. The absolute file is elsewhere.
func upstreamFiles(secured string) (before, after map[string]string) {
	common := map[string]string{"500.txt": "", "secured.txt": secured, "url-downloaded-kubelogo.png": string(logo)}
	before = map[string]string{
		"hello.world": "Hello World!", "cm-kubelogo.png": string(logo), "secret-kubelogo.png": string(logo), "relative/relative.txt": "This relatively exists",
		"orig-dir/change-dir.txt": "This change-dir exists", "similar-configmap.txt": "I'm very similar", "similar-secret.txt": "I'm very similar",
	}
	after = map[string]string{
		"change-hello.world": "Hello World!", "change-cm-kubelogo.png": string(logo), "change-secret-kubelogo.png": string(logo),
		"relative/change-relative.txt": "This relatively exists", "new-dir/change-dir.txt": "This change-dir exists",
		"change-similar-configmap.txt": "I'm very similar", "change-similar-secret.txt": "I'm very similar",
	}
	for name, content := range common {
		before[name], after[name] = content, content
	}
	return before, after
}

// script writes what upstream mounts from a ConfigMap, executable.
func script(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(path, []byte(text), 0o777); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestUpstream is the pipeline of k8s-sidecar, pod by pod (contract §14.1); those with further rules have tests of their own below.
// Scripts are in sh, where upstream's are in Python.
func TestUpstream(t *testing.T) {
	credentials := t.TempDir()
	for name, text := range map[string]string{"username": "user1\n", "password": "abcdefghijklmnopqrstuvwxyz\n"} {
		if err := os.WriteFile(filepath.Join(credentials, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	user, password := credentials+"/username", credentials+"/password"
	touch := filepath.Join(t.TempDir(), "script_result")
	absolute := t.TempDir()
	pods := []struct {
		name    string
		environ []string
		args    []string
		secured string
		check   func(*pod)
	}{
		{"sidecar", []string{"SCRIPT=" + script(t, "#!/bin/sh\ntouch "+touch+"\n"), "REQ_USERNAME=user1", "REQ_PASSWORD=abcdefghijklmnopqrstuvwxyz", "REQ_BASIC_AUTH_ENCODING=ascii"}, nil, "allowed",
			func(p *pod) {
				p.says("Config for cluster api at '" + p.URL + "' loaded.").says("Max retries exceeded for URL")
				if _, err := os.Stat(touch); err != nil {
					t.Error(err)
				}
			}},
		{"sidecar-healthcheck", []string{"HEALTH_HOST="}, nil, "", func(p *pod) {
			p.says("Starting health server on port ")
			for _, host := range []string{"127.0.0.1", "::1"} {
				if r, err := http.Get("http://" + p.address(host) + "/healthz"); err != nil || r.StatusCode != 200 {
					t.Errorf("%s: %v", host, err)
				}
			}
		}},
		{"sidecar-healthcheck-ipv4", []string{"HEALTH_HOST=0.0.0.0"}, nil, "", func(p *pod) {
			p.healthIs("200 OK")
			if r, err := http.Get("http://" + p.address("::1") + "/healthz"); err == nil {
				t.Errorf("IPv6 answers: %s", r.Status)
			}
		}},
		{"sidecar-5xx", []string{"SCRIPT=" + script(t, "#!/bin/sh\nexit 0\n"), "ENABLE_5XX="}, nil, "", func(p *pod) {
			p.eventually(func() string {
				for line := range strings.Lines(p.log.String()) {
					if _, rest, ok := strings.Cut(line, "/secured"); ok && strings.Contains(rest, "Not authenticated") {
						return ""
					}
				}
				return "the log does not tell of /secured"
			})
		}},
		{"sidecar-basicauth-args", nil, []string{"--req-username-file=" + user, "--req-password-file=" + password}, "allowed", nil},
		{"sidecar-basicauth-envfile", []string{"REQ_USERNAME_FILE=" + user, "REQ_PASSWORD_FILE=" + password}, nil, "allowed", nil},
	}
	w := newWorld(t)
	d := w.dummy()
	var running []*pod
	for _, spec := range pods {
		p := w.podLater(append(spec.environ, "FOLDER="+filepath.Join(t.TempDir(), "tmp")+"/")...)
		p.args = spec.args
		running = append(running, p)
	}
	for _, p := range running {
		p.start()
		p.ready()
	}
	before, after := upstreamObjects(absolute, d.URL)
	w.create(before...)
	named := []string{"Working on ADDED configmap " + w.namespace + "/sample-configmap", "Working on ADDED secret " + w.namespace + "/sample-secret-binary"}
	for i, p := range running {
		wantBefore, _ := upstreamFiles(pods[i].secured)
		p.holds(wantBefore)
		for _, text := range named {
			p.says(text)
		}
		if pods[i].check != nil {
			pods[i].check(p)
		}
	}
	w.eventually(func() string {
		return compare(map[string]string{"absolute.txt": "This absolutely exists"}, files(absolute))
	})
	w.replace(after...)
	for i, p := range running {
		_, wantAfter := upstreamFiles(pods[i].secured)
		p.holds(wantAfter)
	}
	w.eventually(func() string {
		return compare(map[string]string{"change-absolute.txt": "This absolutely exists"}, files(absolute))
	})
}

// Scripts run once for each object: 10 times for ten objects, 17 after seven of them changed.
func TestUpstreamScriptCounts(t *testing.T) {
	w := newWorld(t)
	d := w.dummy()
	p := w.pod("SCRIPT=" + script(t, "#!/bin/sh\necho 'Hello from python script!'\n")).ready()
	before, after := upstreamObjects(filepath.Join(t.TempDir(), "absolute"), d.URL)
	w.create(before...)
	p.saysTimes("Hello from python script!", 10)
	w.replace(after...)
	p.saysTimes("Hello from python script!", 17)
	_, want := upstreamFiles("")
	p.holds(want)
	if n := strings.Count(p.log.String(), "Hello from python script!"); n != 17 {
		t.Errorf("the script ran %d times, want 17", n)
	}
}

func TestUpstreamResourceName(t *testing.T) {
	w := newWorld(t)
	w.account.Allow(t, "", cluster.Fetches("secrets"))
	p := w.pod("RESOURCE_NAME=configmap/sample-configmap,secret/sample-secret-binary", "SLEEP_TIME=0.2").ready()
	before, _ := upstreamObjects("/unused", "http://unused")
	before[0].label = "-" // the label is not looked at
	w.create(before...)
	p.says("configmap " + w.namespace + "/sample-configmap").says("secret " + w.namespace + "/sample-secret-binary")
	p.holds(map[string]string{"hello.world": "Hello World!", "cm-kubelogo.png": string(logo), "secret-kubelogo.png": string(logo)})
	w.remove(object{name: "sample-configmap"})
	p.holds(map[string]string{"secret-kubelogo.png": string(logo)})
}

func TestUpstreamSleep(t *testing.T) {
	w := newWorld(t)
	w.create(object{name: "early", data: map[string]string{"early.txt": "E"}})
	p := w.pod("METHOD=SLEEP", "SLEEP_TIME=0.2").ready()
	p.says("Config for cluster api at '")
	w.create(object{name: "late", data: map[string]string{"late.txt": "L"}})
	p.holds(map[string]string{"early.txt": "E", "late.txt": "L"})
	w.remove(object{name: "early"})
	p.holds(map[string]string{"late.txt": "L"})
}
