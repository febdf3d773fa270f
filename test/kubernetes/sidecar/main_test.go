// Package sidecar holds the tests of the built perseid-sidecar against a real API server.
//
// The scenarios are those of k8s-sidecar's own pipeline, row by row, and what that does not cover. Each sidecar is a process of its own, with a
// directory of its own, as a container would be; its identity has the permissions of the Helm chart and no more.
package sidecar

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

// shared is the one server of all tests but those that stop it; nil where it cannot be run.
var shared *cluster.Cluster

// program is the built program.
var program string

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "perseid-kubernetes-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if shared, err = cluster.New(dir, cluster.Options{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if shared == nil {
		return m.Run() // each test skips itself
	}
	defer shared.Stop()
	if err := os.Chmod(dir, 0o755); err != nil { // a sidecar may run as another user
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	program = filepath.Join(dir, "perseid-sidecar")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "github.com/perseid-dev/perseid/cmd/perseid-sidecar")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build perseid-sidecar: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
