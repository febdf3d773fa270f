package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/problem"
)

// The exit codes. They are the same for every command.
const (
	exitDone           = 0
	exitFailed         = 1
	exitUsage          = 2
	exitAuthentication = 3
	exitPartly         = 4
	exitInvalid        = 5
)

var exitCodes = []struct {
	code    int
	meaning string
}{
	{exitDone, "done"},
	{exitFailed, "failed"},
	{exitUsage, "wrong usage"},
	{exitAuthentication, "authentication needed or refused"},
	{exitPartly, "partly done"},
	{exitInvalid, "validation failed: a document or the configuration has errors"},
}

func exitHelp() string {
	var b strings.Builder
	b.WriteString("Exit codes:\n")
	for _, c := range exitCodes {
		fmt.Fprintf(&b, "  %d  %s\n", c.code, c.meaning)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// exitError is an error with a code of its own.
type exitError struct {
	code int
	err  error // nil: everything to say is on the output already
	help bool  // say where help is
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func usage(err error) error { return &exitError{code: exitUsage, err: err, help: true} }

// shown ends a command with a code, after it has printed what is wrong.
func shown(code int) error { return &exitError{code: code} }

// codeOf is the one place that turns errors into exit codes.
func codeOf(err error) int {
	if err == nil {
		return exitDone
	}
	if e := (*exitError)(nil); errors.As(err, &e) {
		return e.code
	}
	switch problem.ClassOf(err) {
	case problem.Invalid:
		return exitInvalid
	case problem.Unauthorized, problem.Forbidden:
		return exitAuthentication
	}
	return exitFailed
}

// report prints an error, with the way to help if the usage was wrong.
func report(e Env, command *cobra.Command, err error) {
	if err == nil {
		return
	}
	x := &exitError{err: err}
	if errors.As(err, &x); x.err == nil {
		return
	}
	fmt.Fprintf(e.Stderr, "perseid: %s\n", err)
	if x.help {
		fmt.Fprintf(e.Stderr, "Run '%s --help' for usage.\n", command.CommandPath())
	}
}
