package node

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is a program that runs, its output in a file.
type process struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{}
	err  error
}

// launch starts a program, with those of containerd and runc in its path.
func (n *Node) launch(path string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(path, args...), log: n.file(filepath.Base(path) + ".log"), done: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(program("containerd", "containerd"))+":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// until waits for something that a running program brings about.
func (p *process) until(ctx context.Context, what string, ok func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for !ok() {
		select {
		case <-p.done:
			return fmt.Errorf("%s ended while a test waited for %s: %v\n%s", filepath.Base(p.cmd.Path), what, p.err, p.tail())
		case <-ctx.Done():
			return fmt.Errorf("waited in vain for %s\n%s", what, p.tail())
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// kill ends the program and waits for it.
func (p *process) kill() {
	if p == nil {
		return
	}
	_ = p.cmd.Process.Kill() // unless it has ended
	<-p.done
}

// tail is the end of what the program said.
func (p *process) tail() []byte {
	data, _ := os.ReadFile(p.log) // a log that is not there says nothing
	const most = 6000
	return bytes.TrimSpace(data[max(0, len(data)-most):])
}

func listens(socket string) bool {
	c, err := net.Dial("unix", socket)
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// killPods ends the shims of containerd, and with them all containers: each is in a session of its own.
func killPods() error {
	for try := 0; try < 100; try++ {
		left := 0
		for _, pid := range shimsAndChildren() {
			left++
			_ = syscall.Kill(pid, syscall.SIGKILL) // which may be gone by now
		}
		if left == 0 {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("containers do not end")
}

// shimsAndChildren are the processes of pods that are no zombies, which have no mounts: shims, and whatever sees other mounts than we do.
func shimsAndChildren() (pids []int) {
	ours, _ := os.Readlink("/proc/self/ns/mnt")
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range names {
		var pid int
		if _, err := fmt.Sscanf(filepath.Base(dir), "%d", &pid); err != nil || pid == 1 {
			continue
		}
		name, _ := os.ReadFile(dir + "/comm")
		mounts, err := os.Readlink(dir + "/ns/mnt")
		if err == nil && (mounts != ours || strings.HasPrefix(string(name), "containerd-shim")) {
			pids = append(pids, pid)
		}
	}
	return pids
}
