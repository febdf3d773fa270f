// Package cluster_test runs the images and the charts of this project on a real node of Kubernetes.
package cluster_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/test/cluster/node"
)

// shared is the node of all tests, each of which has a namespace of its own; nil where there can be none.
var shared *node.Node

func TestMain(m *testing.M) { os.Exit(node.Inside(func() int { return run(m) })) }

func run(m *testing.M) int {
	if node.Missing() != "" {
		return m.Run()
	}
	began := time.Now()
	n, err := node.Start(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer n.Stop()
	if err := n.Images.PushProducts(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Printf("the node was ready in %.1f s\n", time.Since(began).Seconds())
	shared = n
	return m.Run()
}

// theNode is the shared node.
func theNode(t testing.TB) *node.Node {
	t.Helper()
	if shared == nil {
		t.Skip(node.Missing())
	}
	return shared
}
