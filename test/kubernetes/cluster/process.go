package cluster

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
)

// process is a program that runs, its output in a file.
type process struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{}
	err  error
}

func (c *Cluster) startEtcd() (*process, error) {
	client, peer := fmt.Sprintf("http://127.0.0.1:%d", c.ports.etcd), fmt.Sprintf("http://127.0.0.1:%d", c.ports.peer)
	return c.launch("etcd",
		"--data-dir="+filepath.Join(c.dir, "etcd"), "--unsafe-no-fsync", "--log-level=error",
		"--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer)
}

func (c *Cluster) startAPI() (*process, error) {
	file := func(name string) string { return filepath.Join(c.dir, name) }
	flags := []string{
		fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", c.ports.etcd),
		fmt.Sprintf("--secure-port=%d", c.ports.api), "--bind-address=127.0.0.1", "--cert-dir=" + file("certs"),
		"--service-account-key-file=" + file(keyFile), "--service-account-signing-key-file=" + file(keyFile),
		"--service-account-issuer=https://kubernetes.default.svc", "--token-auth-file=" + file(tokenFile),
		"--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24",
		"--audit-policy-file=" + file(policyFile), "--audit-log-path=" + file(auditFile), "--audit-log-mode=blocking",
	}
	if !c.o.Pods {
		flags = append(flags, "--disable-admission-plugins=ServiceAccount") // it waits for a controller that is not there
	}
	return c.launch("kube-apiserver", append(flags, c.o.Flags...)...)
}

// launch starts a program, which is killed with us whatever happens to us.
func (c *Cluster) launch(name string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(binary(name), args...), log: filepath.Join(c.dir, name+".log"), done: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = dieWithUs()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// kill ends the program and waits for it.
func (p *process) kill() {
	if p == nil {
		return
	}
	p.cmd.Process.Kill()
	<-p.done
}

// ended says how the program ended, nil while it runs.
func (p *process) ended() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s ended: %v", filepath.Base(p.cmd.Path), p.err)
	default:
		return nil
	}
}

// tail is the end of what the program said.
func (p *process) tail() []byte {
	data, _ := os.ReadFile(p.log)
	const lines = 4000
	return bytes.TrimSpace(data[max(0, len(data)-lines):])
}

var wanted = regexp.MustCompile(`(?m)\sk8s\.io/kubernetes (\S+)$`)

// binary is where a program is, or would be: build.sh knows the same place.
func binary(name string) string {
	if assets := os.Getenv("KUBEBUILDER_ASSETS"); assets != "" {
		return filepath.Join(assets, name)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return name
	}
	_, here, _, _ := runtime.Caller(0)
	mod, _ := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "servers", "apiserver", "go.mod"))
	version := "unknown"
	if m := wanted.FindSubmatch(mod); m != nil {
		version = string(m[1])
	}
	return filepath.Join(cache, "perseid", "kubernetes", version, name)
}

// freePort is one that nobody listens on; servers that are restarted keep theirs.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
