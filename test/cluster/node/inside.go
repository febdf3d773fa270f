package node

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// groupPrefix and the ID of a process name the control group of pods.
const groupPrefix = "perseid-node-"

// inside marks the process that runs in the namespaces; its value names the group of processes for resources.
const inside = "PERSEID_NODE_INSIDE"

// Inside runs the tests in namespaces of their own: mounts, processes, network, host name. The program starts itself again there, as the first
// process, so that all others end with it, and gives its exit code. Where that is not possible the tests run where they are, and skip
// with what Missing says.
func Inside(tests func() int) int {
	if os.Getenv(inside) != "" {
		if err := settle(); err != nil {
			fmt.Fprintln(os.Stderr, "prepare the namespaces of the node:", err)
			return 1
		}
		return tests()
	}
	if Missing() != "" {
		return tests()
	}
	code, err := again()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// again starts this program inside, waits for it, and removes what outlives namespaces: control groups.
func again() (code int, err error) {
	runtime.LockOSThread() // the child is killed when this thread ends
	if err := sweep(); err != nil {
		return 0, err
	}
	group := fmt.Sprintf("%s%d", groupPrefix, os.Getpid())
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), inside+"="+group)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code, err = max(exit.ExitCode(), 1), nil
	}
	return code, errors.Join(err, removeGroups(group))
}

// settle makes the namespaces a node: a disk in memory where programs insist on a place, and addresses.
func settle() error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts to ourselves: %w", err)
	}
	for _, m := range []struct{ kind, at string }{{"proc", "/proc"}, {"tmpfs", "/run"}, {"tmpfs", "/var/lib"}, {"tmpfs", "/var/log"}} {
		if err := syscall.Mount(m.kind, m.at, m.kind, 0, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m.at, err)
		}
	}
	if err := pretend(); err != nil {
		return err
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_SHARED, ""); err != nil {
		return fmt.Errorf("share mounts with containers: %w", err)
	}
	if err := os.MkdirAll("/run/tmp", 0o700); err != nil {
		return err
	}
	if err := os.Setenv("TMPDIR", "/run/tmp"); err != nil {
		return err
	}
	for _, args := range [][]string{{"link", "set", "lo", "up"}, {"address", "add", Address + "/32", "dev", "lo"}, {"address", "add", ServiceAddress + "/32", "dev", "lo"}, {"address", "add", DNSAddress + "/32", "dev", "lo"}} {
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}

// forgetRun unmounts what containers and volumes had mounted, and empties what is in memory only.
func forgetRun() error {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(mounts)), "\n")
	for _, line := range slices.Backward(lines) {
		at := strings.Fields(line)[1]
		for _, below := range []string{"/run/containerd/", "/run/netns/", "/var/lib/kubelet/"} {
			if strings.HasPrefix(at, below) {
				err = errors.Join(err, syscall.Unmount(at, syscall.MNT_DETACH))
			}
		}
	}
	return errors.Join(err, os.RemoveAll("/run/containerd"), os.RemoveAll("/run/netns"))
}
