package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const containerdSocket = "/run/containerd/containerd.sock"

// containerd reads no registry but ours, and takes its pause image from it. Without restrict_oom_score_adj no sandbox starts where the
// machine does not let us lower that score.
const containerdConfig = `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"

[grpc]
  address = "SOCKET"

[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'overlayfs'
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = 'REGISTRY/pause:3.10'
  [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = 'DIR/hosts'

[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ['CNI']
    conf_dir = 'DIR/net'
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = 'io.containerd.runc.v2'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      SystemdCgroup = false
`

// hosts is how containerd reaches the registry.
const hosts = `server = "http://REGISTRY"
[host."http://REGISTRY"]
  capabilities = ["pull", "resolve"]
`

const network = `{
  "cniVersion": "1.0.0", "name": "pods",
  "plugins": [{
    "type": "bridge", "bridge": "cni0", "isGateway": true,
    "ipam": {"type": "host-local", "ranges": [[{"subnet": "SUBNET"}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "/var/lib/cni/networks"}
  }]
}
`

// kubeletConfig leaves out what only matters where other things run: evictions, limits of the node itself, firewalls.
const kubeletConfig = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://SOCKET
cgroupDriver: cgroupfs
cgroupRoot: /GROUP
cgroupsPerQOS: false
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
makeIPTablesUtilChains: false
oomScoreAdj: 0
localStorageCapacityIsolation: false
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: "0%", nodefs.available: "0%", imagefs.available: "0%"}
syncFrequency: 10s
clusterDNS: [RESOLVER]
clusterDomain: cluster.local
volumePluginDir: /var/lib/kubelet-plugins
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
`

func (n *Node) writeFiles() error {
	values := strings.NewReplacer("SOCKET", containerdSocket, "REGISTRY", Registry, "DIR", n.dir, "SUBNET", bridgeSubnet, "RESOLVER", DNSAddress,
		"CNI", filepath.Dir(program("cni", "bridge")), "GROUP", os.Getenv(inside))
	for name, text := range map[string]string{
		"containerd.toml": containerdConfig, "kubelet.yaml": kubeletConfig, "net/10-pods.conflist": network, "hosts/" + Registry + "/hosts.toml": hosts,
	} {
		path := n.file(name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(values.Replace(text)), 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
