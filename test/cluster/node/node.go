// Package node runs a Kubernetes of one node for tests: etcd, API server, controller manager, scheduler, kubelet, containerd and runc,
// all real, with a registry beside them.
//
// Three ideas. Everything runs in namespaces of its own (see Inside), with a disk in memory: what is mounted, listened on or left running
// there goes with the namespaces, whatever happens to the test. Pods have a network of their own, and reach the API server at the address
// of its service, where a relay of ours stands for the rules of kube-proxy, as others do for the Services that pods ask for by name. Images come to the node from the registry alone, by reference,
// as they do anywhere else.
//
// There is no provisioner of volumes, and no controller of network policies, Ingress or Gateway: a test makes the volumes it claims.
package node

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// Addresses in the network of the node. The loopback device bears the first three, of which the first is one for documentation.
const (
	Address        = "192.0.2.10"
	ServiceAddress = "10.0.0.1" // of the API server, for pods: the first of the range of services
	DNSAddress     = "10.0.0.10"
	bridgeSubnet   = "10.88.0.0/16"
	registryPort   = "5000"
	// Registry is the host of references to images.
	Registry = Address + ":" + registryPort
)

// Name is what the node is called.
const Name = "node1"

// readyWithin is how long the node may take to be ready.
const readyWithin = 3 * time.Minute

// Node is a cluster that runs.
type Node struct {
	*cluster.Cluster
	Kubeconfig string // of who may do everything
	Images     *Images

	relay              *relay
	services           *services
	dir                string
	containerd         *process
	kubelet            *process
	controller, scheds *process
}

// Start starts everything; the state is in memory. It must be called inside (see Inside).
func Start(ctx context.Context) (*Node, error) {
	n := &Node{dir: "/run/perseid-node"}
	if err := n.start(ctx); err != nil {
		n.Stop()
		return nil, err
	}
	return n, nil
}

func (n *Node) start(ctx context.Context) (err error) {
	if err := os.MkdirAll(filepath.Join(n.dir, "server"), 0o700); err != nil {
		return err
	}
	if n.Images, err = startImages(ctx); err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	n.Cluster, err = cluster.New(filepath.Join(n.dir, "server"), cluster.Options{Pods: true, Flags: []string{"--advertise-address=" + Address, "--allow-privileged", "--kubelet-preferred-address-types=InternalIP"}})
	if err != nil {
		return err
	}
	if n.Cluster == nil {
		return fmt.Errorf("API server: %s", cluster.Missing())
	}
	if n.Kubeconfig, err = n.AdminKubeconfig(); err != nil {
		return err
	}
	server := strings.TrimPrefix(n.URL, "https://")
	if n.relay, err = startRelay(ServiceAddress+":443", func() (string, error) { return server, nil }); err != nil {
		return err
	}
	if n.services, err = startServices(n); err != nil {
		return err
	}
	if err := n.writeFiles(); err != nil {
		return err
	}
	if err := n.startControllers(); err != nil {
		return err
	}
	return n.StartNode(ctx)
}

// StartNode starts containerd and the kubelet, and waits until the node is ready.
func (n *Node) StartNode(ctx context.Context) (err error) {
	if n.containerd, err = n.launch(program("containerd", "containerd"), "--config", n.file("containerd.toml")); err != nil {
		return err
	}
	if err := n.containerd.until(ctx, "containerd to listen", func() bool { return listens(containerdSocket) }); err != nil {
		return err
	}
	n.kubelet, err = n.launch(program("kubernetes", "kubelet"), "--config", n.file("kubelet.yaml"), "--kubeconfig", n.Kubeconfig,
		"--hostname-override="+Name, "--node-ip="+Address, "--root-dir=/var/lib/kubelet", "--v=1")
	if err != nil {
		return err
	}
	return n.kubelet.until(ctx, "the node to be ready", n.ready)
}

// KillNode ends the kubelet, containerd, and every process of every pod, as pulling the plug does: what is on the disk stays, what is
// mounted and what is in /run goes.
func (n *Node) KillNode() error {
	n.KillKubelet()
	if err := killPods(); err != nil {
		return err
	}
	return forgetRun()
}

// KillKubelet ends the kubelet and containerd; pods go on, as they do when both are updated.
func (n *Node) KillKubelet() {
	n.kubelet.kill()
	n.containerd.kill()
}

// Stop ends everything but what goes with the namespaces.
func (n *Node) Stop() {
	for _, p := range []*process{n.kubelet, n.containerd, n.controller, n.scheds} {
		p.kill()
	}
	if n.relay != nil {
		n.relay.Close()
	}
	if n.services != nil {
		n.services.Close()
	}
	if n.Cluster != nil {
		n.Cluster.Stop()
	}
	if n.Images != nil {
		n.Images.Close()
	}
}

func (n *Node) startControllers() (err error) {
	common := []string{"--kubeconfig", n.Kubeconfig, "--leader-elect=false", "--secure-port=0"}
	n.controller, err = n.launch(program("kubernetes", "kube-controller-manager"), append(common,
		"--service-account-private-key-file="+n.ServiceAccountKey(), "--root-ca-file="+n.CA)...)
	if err != nil {
		return err
	}
	n.scheds, err = n.launch(program("kubernetes", "kube-scheduler"), common...)
	return err
}

// ready asks for the condition of the node, which is new after a start of the kubelet.
func (n *Node) ready() bool {
	var node struct {
		Status struct {
			Conditions []struct{ Type, Status string }
		}
	}
	if err := n.Get("/api/v1/nodes/"+Name, &node); err != nil {
		return false
	}
	for _, c := range node.Status.Conditions {
		if c.Type == "Ready" {
			return c.Status == "True" && healthy("http://127.0.0.1:10248/healthz")
		}
	}
	return false
}

func healthy(url string) bool {
	resp, err := http.Get(url)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (n *Node) file(name string) string { return filepath.Join(n.dir, name) }
