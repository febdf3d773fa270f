package main

import (
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"time"

	"github.com/perseid-dev/perseid/test/registry"
)

// startRegistry starts a registry on loopback, in this process.
func startRegistry() (host string, stop func() error, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: &registry.Registry{}, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }() // ends with Close
	return l.Addr().String(), server.Close, nil
}

// registryRows are about a registry that is as near as can be. With crane in the path, what it and tar make of the same files is bare.
func registryRows(program, host, in, layout string, at func(what string, run int) string) []row {
	name := func(what string, run int) string { return host + "/" + what + strconv.Itoa(run) + ":v1" }
	rows := []row{
		{"push", func(run int) []string { return []string{program, "artifact", "push", layout, name("new", run)} }, ""},
		{"push, unchanged", func(int) []string { return []string{program, "artifact", "push", layout, name("same", 0)} }, ""},
		{"pull", func(run int) []string {
			return []string{program, "artifact", "pull", name("new", run), at("pulled", run)}
		}, ""},
	}
	crane, err := exec.LookPath("crane")
	if err != nil {
		return rows
	}
	const both = `"$0" artifact build --no-validate "$1" "$2" >/dev/null && "$0" artifact push "$2" "$3"`
	const theirs = `tar -C "$1" -cf "$2" . && "$0" append --oci-empty-base -f "$2" -t "$3"`
	return append(rows,
		row{"bare: tar, crane append", func(run int) []string {
			return []string{"sh", "-c", theirs, crane, in, at("crane", run) + ".tar", name("crane", run)}
		}, ""},
		row{"build --no-validate, push", func(run int) []string {
			return []string{"sh", "-c", both, program, in, at("both", run), name("both", run)}
		}, "bare: tar, crane append"})
}
