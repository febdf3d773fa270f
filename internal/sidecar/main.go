package sidecar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"

	"github.com/perseid-dev/perseid/internal/buildinfo"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// Main is the program: it reads the configuration, runs until it is told to end, and returns the exit code.
func Main(args, environ []string, stdout, stderr io.Writer) int {
	switch {
	case slices.Contains(args, "-h"), slices.Contains(args, "--help"):
		writeHelp(stdout)
		return exitDone
	case slices.Contains(args, "--version"):
		fmt.Fprintln(stdout, "perseid-sidecar", buildinfo.Get().Version)
		return exitDone
	}
	c, err := Parse(args, environ)
	if errors.Is(err, ErrUsage) {
		fmt.Fprintf(stderr, "perseid-sidecar: %v\n%s\nIt is configured by environment variables: perseid-sidecar -h lists them.\n", err, usage)
		return exitUsage
	}
	log := c.NewLogger(stderr)
	if err != nil {
		for _, line := range lines(err) {
			log.Log(context.Background(), levelCritical, line)
		}
		return exitFailed
	}
	frugal(environ)
	return runUntilSignal(c, log)
}

// frugal lets the garbage collector run more often than is usual: little memory is in use, so it costs little. GOGC, where it is set, goes
// before it. There is no limit on memory: with more objects than it was meant for, the collector would do nothing but run.
func frugal(environ []string) {
	if !isSet(environ, "GOGC") {
		debug.SetGCPercent(collectAt)
	}
}

// collectAt is by how many percent memory may grow before it is collected.
const collectAt = 40

var errSignal = errors.New("told to end")

func runUntilSignal(c *Config, log *slog.Logger) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	defer signal.Stop(signals)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-signals:
			cancel(errSignal)
		case <-ctx.Done():
		}
	}()
	defer func() { cancel(nil); <-done }()
	log.Info("Starting collector")
	s, err := New(c, log)
	if err == nil {
		err = s.Run(ctx)
	}
	switch {
	case context.Cause(ctx) == errSignal:
		log.Info("Subprocess exiting gracefully")
		return exitDone
	case err != nil:
		log.Log(ctx, levelCritical, err.Error())
		return exitFailed
	}
	return exitDone
}
