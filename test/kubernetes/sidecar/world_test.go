package sidecar

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// patience is how long anything is waited for.
const patience = 20 * time.Second

// world is a namespace of its own, an account that may read it, and what runs in it.
type world struct {
	testing.TB
	*cluster.Cluster
	namespace string
	account   *cluster.Account
}

func newWorld(t testing.TB) *world {
	t.Helper()
	if shared == nil {
		t.Skip(cluster.Missing())
	}
	return newWorldIn(t, shared)
}

// newWorldIn is a world on a server of the test's own.
func newWorldIn(t testing.TB, c *cluster.Cluster) *world {
	t.Helper()
	w := &world{TB: t, Cluster: c, namespace: c.Namespace(t), account: c.Account(t)}
	w.account.Allow(t, w.namespace, cluster.Reads("secrets"))
	return w
}

// object is a ConfigMap or a Secret.
type object struct {
	kind, namespace, name string            // configmap or secret; the world's namespace if empty
	label                 string            // of findme; "-" for no label
	directory             string            // the annotation
	data                  map[string]string // text
	binary                map[string][]byte // binaryData, or the data of a secret
}

func (w *world) body(o object) (path string, body map[string]any) {
	if o.kind == "" {
		o.kind = "configmap"
	}
	if o.namespace == "" {
		o.namespace = w.namespace
	}
	meta := map[string]any{"name": o.name}
	if o.label != "-" {
		meta["labels"] = map[string]string{"findme": o.label}
	}
	if o.directory != "" {
		meta["annotations"] = map[string]string{"k8s-sidecar-target-directory": o.directory}
	}
	body = map[string]any{"metadata": meta}
	if o.kind == "configmap" {
		body["data"], body["binaryData"] = o.data, o.binary
	} else {
		body["stringData"], body["data"] = o.data, o.binary
	}
	return "/api/v1/namespaces/" + o.namespace + "/" + o.kind + "s", body
}

func (w *world) create(objects ...object) {
	w.Helper()
	for _, o := range objects {
		path, body := w.body(o)
		w.Do(w, "POST", path, body)
	}
}

func (w *world) replace(objects ...object) {
	w.Helper()
	for _, o := range objects {
		path, body := w.body(o)
		w.Do(w, "PUT", path+"/"+o.name, body)
	}
}

func (w *world) remove(objects ...object) {
	w.Helper()
	for _, o := range objects {
		path, _ := w.body(o)
		w.Do(w, "DELETE", path+"/"+o.name, nil)
	}
}

// pod is a running sidecar.
type pod struct {
	*world
	folder string
	cmd    *exec.Cmd
	done   chan struct{}
	code   int
	log    *lines
	env    []string
	args   []string
	user   uint32 // to run as; 0 is whoever runs the tests
}

// nobody is a user that the machine does not know.
const nobody = 54321

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }

func (l *lines) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// pod starts a sidecar with the variables of upstream's tests, and others: a later one goes before an earlier one.
func (w *world) pod(environ ...string) *pod {
	w.Helper()
	p := w.podLater(environ...)
	p.start()
	return p
}

func (w *world) podLater(environ ...string) *pod {
	w.Helper()
	folder := filepath.Join(w.TempDir(), "folder")
	env := []string{"LABEL=findme", "FOLDER=" + folder, "RESOURCE=both", "LOG_LEVEL=DEBUG", "NAMESPACE=" + w.namespace, "HEALTH_HOST=127.0.0.1",
		"HEALTH_PORT=0", "KUBECONFIG=" + w.account.Kubeconfig(w, ""), "PATH=" + os.Getenv("PATH"), "REQ_RETRY_BACKOFF_FACTOR=0.05",
		"ERROR_THROTTLE_SLEEP=1"}
	p := &pod{world: w, folder: folder, env: append(env, environ...)}
	if f := p.variable("FOLDER"); f != folder {
		p.folder = f
	}
	return p
}

func (p *pod) variable(name string) (value string) {
	for _, pair := range p.env {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			value = v
		}
	}
	return value
}

func (p *pod) start() {
	p.Helper()
	p.cmd = exec.Command(program, p.args...)
	p.cmd.Env, p.log, p.done = p.env, &lines{}, make(chan struct{})
	p.cmd.Stderr, p.cmd.Stdout = p.log, p.log
	if p.user != 0 {
		p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: p.user, Gid: p.user}}
	}
	if err := p.cmd.Start(); err != nil {
		p.Fatal(err)
	}
	cmd, done := p.cmd, p.done
	go func() { cmd.Wait(); p.code = cmd.ProcessState.ExitCode(); close(done) }()
	p.Cleanup(func() {
		cmd.Process.Kill()
		<-done
		if p.Failed() {
			p.Logf("log of the sidecar:\n%s", p.log)
		}
	})
}

// ends waits for the exit code.
func (p *pod) ends() int {
	p.Helper()
	select {
	case <-p.done:
		return p.code
	case <-time.After(patience):
		p.Fatal("the sidecar does not end")
		return -1
	}
}

func (p *pod) kill() { p.cmd.Process.Kill(); <-p.done }

func (p *pod) terminate() int { p.cmd.Process.Signal(syscall.SIGTERM); return p.ends() }

// eventually waits until what a function says is as it should be: "" .
func (w *world) eventually(wrong func() string) {
	w.Helper()
	deadline := time.Now().Add(patience)
	for {
		text := wrong()
		if text == "" {
			return
		}
		if time.Now().After(deadline) {
			w.Fatal(text)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (p *pod) ready() *pod {
	p.Helper()
	p.healthIs("200 OK")
	return p
}

func (p *pod) healthIs(want string) {
	p.Helper()
	p.eventually(func() string {
		if got := p.health("/healthz"); got != want {
			return "health is " + got + ", want " + want
		}
		return ""
	})
}

func (p *pod) health(path string) string {
	r, err := http.Get("http://" + p.address("127.0.0.1") + path)
	if err != nil {
		return err.Error()
	}
	defer r.Body.Close()
	data, _ := io.ReadAll(r.Body)
	return fmt.Sprint(r.StatusCode, " ", string(data))
}

// address is where the sidecar answers, by the port it says it has.
func (p *pod) address(host string) string {
	p.Helper()
	var port string
	p.eventually(func() string {
		_, rest, ok := strings.Cut(p.log.String(), "Starting health server on port ")
		if port, _, _ = strings.Cut(rest, "\""); !ok {
			return "the log does not name a port"
		}
		return ""
	})
	return net.JoinHostPort(host, port)
}

// says waits for a text in the log.
func (p *pod) says(text string) *pod { p.Helper(); return p.saysTimes(text, 1) }

// saysTimes waits until a text is in the log so often.
func (p *pod) saysTimes(text string, n int) *pod {
	p.Helper()
	p.eventually(func() string {
		if got := strings.Count(p.log.String(), text); got < n {
			return fmt.Sprintf("the log says %q %d times, want %d", text, got, n)
		}
		return ""
	})
	return p
}

// holds waits until the folder has exactly these files besides the index.
func (p *pod) holds(want map[string]string) {
	p.Helper()
	p.eventually(func() string { return compare(want, files(p.folder)) })
}

func compare(want, got map[string]string) string {
	var b strings.Builder
	for name, content := range want {
		if g, ok := got[name]; !ok {
			fmt.Fprintf(&b, "%s is missing; ", name)
		} else if g != content {
			fmt.Fprintf(&b, "%s is %.80q, want %.80q; ", name, g, content)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			fmt.Fprintf(&b, "%s is there; ", name)
		}
	}
	return b.String()
}

func files(root string) map[string]string {
	found, root := map[string]string{}, filepath.Clean(root)
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "perseid.index" {
			data, _ := os.ReadFile(path)
			found[strings.TrimPrefix(path, root+"/")] = string(data)
		}
		return nil
	})
	return found
}
