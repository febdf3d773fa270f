// Command perseid delivers Perses resources as code, and serves them. Everything it does is in package cli.
package main

import (
	"context"
	"os"

	"github.com/perseid-dev/perseid/internal/cli"
)

func main() { os.Exit(run()) }

func run() int {
	return cli.Run(context.Background(), os.Args[1:], cli.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(),
	})
}
