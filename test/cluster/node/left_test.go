package node

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// child makes this program a node with a pod on it, in the place of tests.
const child = "PERSEID_NODE_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(child) == "" {
		os.Exit(m.Run())
	}
	os.Exit(Inside(func() int {
		if err := withPod(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}))
}

const pausing = `
apiVersion: v1
kind: Pod
metadata: {name: pausing}
spec: {automountServiceAccountToken: false, containers: [{name: pausing, image: "REGISTRY/pause:3.10"}]}
`

// withPod starts a node and a pod, says so, and waits until it is told to end.
func withPod() error {
	n, err := Start(context.Background())
	if err != nil {
		return err
	}
	defer n.Stop()
	for end := time.Now().Add(readyWithin); ; time.Sleep(200 * time.Millisecond) {
		cmd := exec.Command(Program("kubectl"), "--kubeconfig", n.Kubeconfig, "apply", "-f", "-")
		cmd.Stdin = strings.NewReader(strings.ReplaceAll(pausing, "REGISTRY", Registry))
		if out, err := cmd.CombinedOutput(); err == nil {
			break
		} else if time.Now().After(end) {
			return fmt.Errorf("%w: %s", err, out)
		}
	}
	wait := exec.Command(Program("kubectl"), "--kubeconfig", n.Kubeconfig, "wait", "pod/pausing", "--for=condition=Ready", "--timeout=2m")
	if out, err := wait.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	fmt.Println("a pod runs")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// surroundings are what a node must leave as they were.
func surroundings(t *testing.T) (all []string) {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	all = strings.Split(string(mounts), "\n")
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		all = append(all, "interface "+i.Name)
	}
	dirs, err := hierarchies()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		groups, _ := filepath.Glob(filepath.Join(dir, groupPrefix+"*"))
		all = append(all, groups...)
	}
	for _, path := range []string{"/var/lib/kubelet", "/var/lib/containerd", "/var/lib/cni", "/var/log/pods", "/run/containerd", "/run/netns", "/run/perseid-node", "/etc/cni", "/opt/cni"} {
		if _, err := os.Stat(path); err == nil {
			all = append(all, path)
		}
	}
	for name := range tunables {
		value, _ := os.ReadFile("/proc/sys/" + name) // the kernel may not have it
		all = append(all, name+" "+string(value))
	}
	environments, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range environments {
		if data, err := os.ReadFile(file); err == nil && bytes.Contains(data, []byte(inside+"=")) {
			all = append(all, "process "+file)
		}
	}
	slices.Sort(all)
	return all
}

// TestNothingLeft ends a node with a running pod as it should be, and by pulling everything away at once; the next run removes what that one could not.
func TestNothingLeft(t *testing.T) {
	if Missing() != "" {
		t.Skip(Missing())
	}
	before := surroundings(t)
	end, _ := startChild(t)
	end()
	same(t, before, "a node that ended")
	end, kill := startChild(t)
	kill()
	end()
	if err := sweep(); err != nil {
		t.Error(err)
	}
	same(t, before, "a node that was killed")
}

// same gives the kernel some seconds to end what is being killed.
func same(t *testing.T, before []string, who string) {
	t.Helper()
	diff := ""
	for range 50 {
		if diff = cmp.Diff(before, surroundings(t)); diff == "" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("%s leaves (-before +after):\n%s", who, diff)
}

// startChild runs a node until end is called, or kill.
func startChild(t *testing.T) (end, kill func()) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), child+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 100)
	n, err := out.Read(said)
	if err != nil || !strings.Contains(string(said[:n]), "a pod runs") {
		t.Fatalf("%v: %s", err, said[:n])
	}
	t.Logf("a node with a pod in %.1f s", time.Since(began).Seconds())
	kill = func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
	}
	return func() {
		in.Close()
		_ = cmd.Wait() // killed or not
	}, kill
}
