// Package kubernetes_test follows ConfigMaps and Secrets of a real API server.
package kubernetes_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// shared is a server for tests that leave it as it is; each has namespaces of its own. It is nil where there can be none.
var shared *cluster.Cluster

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if namespace := os.Getenv(childNamespace); namespace != "" {
		if err := followAsChild(namespace); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}
	dir, err := os.MkdirTemp("", "perseid-kubernetes-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if shared, err = cluster.New(dir, cluster.Options{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if shared != nil {
		defer shared.Stop()
	}
	return m.Run()
}

// server is the shared server.
func server(t testing.TB) *cluster.Cluster {
	t.Helper()
	if shared == nil {
		t.Skip(cluster.Missing())
	}
	return shared
}
