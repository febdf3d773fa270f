package node

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// Missing says why no node can be started here; "" if one can.
func Missing() string {
	if runtime.GOOS != "linux" {
		return "a node needs Linux"
	}
	if os.Geteuid() != 0 {
		return "a node needs root: run make test-cluster as root"
	}
	kinds, err := os.ReadFile("/proc/filesystems")
	if err != nil || !strings.Contains(string(kinds), "\toverlay\n") {
		return "a node needs overlayfs, which /proc/filesystems does not list"
	}
	for name, from := range map[string]string{"runc": "apt-get install runc", "ip": "apt-get install iproute2"} {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Sprintf("a node needs %s: %s", name, from)
		}
	}
	if why := cluster.Missing(); why != "" {
		return why
	}
	for module, names := range programs {
		for _, name := range names {
			if _, err := os.Stat(program(module, name)); err != nil {
				return fmt.Sprintf("%v; make test-cluster builds it", err)
			}
		}
	}
	for _, path := range []string{built("pause"), built("images", products[0]), built("images", products[1])} {
		if _, err := os.Stat(path); err != nil {
			return fmt.Sprintf("%v; make test-cluster builds it", err)
		}
	}
	return ""
}

// products are the images of this project.
var products = []string{"perseid", "perseid-sidecar"}

// built is where make test-cluster puts what it builds of this project.
func built(path ...string) string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(append([]string{filepath.Dir(here), "..", "..", "..", "bin", "cluster"}, path...)...)
}

// Products is the directory of the programs of this project.
func Products() string { return built("linux", runtime.GOARCH) }

// Program is a program of others that tests call: kubectl, helm.
func Program(name string) string {
	if name == "helm" {
		return program("helm", name)
	}
	return program("kubernetes", name)
}

// programs are what build.sh makes, by module.
var programs = map[string][]string{
	"kubernetes": {"kube-controller-manager", "kube-scheduler", "kubectl", "kubelet"},
	"containerd": {"containerd", "containerd-shim-runc-v2"},
	"cni":        {"host-local", "bridge", "loopback"},
	"helm":       {"helm"},
}

// requirements are the lines of go.mod whose versions name directories; build.sh knows the same.
var requirements = map[string]*regexp.Regexp{
	"kubernetes": regexp.MustCompile(`(?m)\sk8s\.io/kubernetes (v\S+)`),
	"containerd": regexp.MustCompile(`(?m)\sgithub\.com/containerd/containerd/v2 (v\S+)`),
	"cni":        regexp.MustCompile(`(?m)\sgithub\.com/containernetworking/plugins (v\S+)`),
	"helm":       regexp.MustCompile(`(?m)\shelm\.sh/helm/v4 (v\S+)`),
}

// program is where a program is, or would be.
func program(module, name string) string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return name
	}
	_, here, _, _ := runtime.Caller(0)
	mod, _ := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "servers", module, "go.mod"))
	version := "unknown"
	if m := requirements[module].FindSubmatch(mod); m != nil {
		version = string(m[1])
	}
	return filepath.Join(cache, "perseid", module, version, name)
}
