#!/usr/bin/env bash
# Builds etcd and kube-apiserver for the tests, unless KUBEBUILDER_ASSETS says where they are or they were built before.
# The first time takes minutes; what it makes is kept in the user's cache directory, by version.
set -euo pipefail
cd "$(dirname "$0")/servers"

[ -z "${KUBEBUILDER_ASSETS:-}" ] || exit 0
version=$(sed -nE 's/^.*k8s.io\/kubernetes (v[^ ]+)$/\1/p' apiserver/go.mod)
bin=${XDG_CACHE_HOME:-$HOME/.cache}/perseid/kubernetes/$version
mkdir -p "$bin"
for program in etcd:etcd apiserver:kube-apiserver; do
	to=$bin/${program#*:}
	[ -x "$to" ] && continue
	echo "building $to, once" >&2
	(cd "${program%%:*}" && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$version" -o "$to.part" .)
	mv "$to.part" "$to"
done
