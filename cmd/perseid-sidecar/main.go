// Command perseid-sidecar brings labelled ConfigMaps and Secrets into a directory, in the place of k8s-sidecar.
// Everything it does is in package sidecar.
package main

import (
	"os"

	"github.com/perseid-dev/perseid/internal/sidecar"
)

func main() { os.Exit(sidecar.Main(os.Args[1:], os.Environ(), os.Stdout, os.Stderr)) }
