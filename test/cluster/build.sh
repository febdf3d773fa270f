#!/usr/bin/env bash
# Builds what the node runs, unless it was built before: Kubernetes' programs, containerd, network plugins and helm, all from the Go proxy.
# The first time takes up to three quarters of an hour on two cores; what it makes is kept in the user's cache directory, by version.
set -euo pipefail
cd "$(dirname "$0")"

../kubernetes/build.sh # etcd and kube-apiserver

cache=${XDG_CACHE_HOME:-$HOME/.cache}/perseid

# build MODULE VERSION FLAGS...: the tools of a module, into a directory named by it and its version
build() {
	local module=$1 bin=$cache/$1/$2 tool to
	shift 2
	mkdir -p "$bin"
	for tool in $(sed -nE '/^tool \(/,/^\)/s/^\t(.*)/\1/p; s/^tool ([^(].*)/\1/p' "servers/$module/go.mod"); do
		to=$bin/${tool##*/}
		[ -x "$to" ] && continue
		echo "building $to, once" >&2
		(cd "servers/$module" && CGO_ENABLED=0 go build -trimpath "$@" -o "$to.part" "$tool")
		mv "$to.part" "$to"
	done
}

# version MODULE PATTERN: that of a requirement
version() { sed -nE "s#^.*$2 (v[^ ]+)( .*)?\$#\1#p" "servers/$1/go.mod" | head -1; }

kubernetes=$(version kubernetes 'k8s\.io/kubernetes')
build kubernetes "$kubernetes" -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$kubernetes"
build containerd "$(version containerd 'containerd/containerd/v2')" -tags 'no_btrfs no_devmapper no_zfs no_aufs' -ldflags '-s -w'
build cni "$(version cni 'containernetworking/plugins')" -ldflags '-s -w'
build helm "$(version helm 'helm\.sh/helm/v4')" -ldflags '-s -w'
