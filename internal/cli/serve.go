package cli

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/buildinfo"
	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/server"
)

func newServeCommand(e Env) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve [DIRECTORY...]",
		Short: "Serve the Perses API, and follow directories of documents",
		Long: `Serves the Perses API over a file database, and keeps the database equal to the
documents of its sources: the directories given here and those of the
configuration file (provisioning.folders, delivery.sources).

The configuration is that of Perses: a file, PERSES_ variables that win over it,
and the flags of Perses with one dash or two. It stops when it is interrupted
or terminated; a second signal ends it at once.`,
		Example: `  perseid serve ./resources
  perseid serve --database /var/lib/perseid --web.listen-address :9090 .
  perseid serve --config /etc/perses/config.yaml
  perseid serve --web.tls-cert-file tls.crt --web.tls-key-file tls.key .`,
		RunE: func(cmd *cobra.Command, directories []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			return runServe(cmd.Context(), e, o, directories)
		},
	}
	o.addFlags(cmd)
	return cmd
}

func runServe(parent context.Context, e Env, o serveOptions, directories []string) error {
	log := o.log.logger(e.Stderr)
	c, problems := config.Load(config.Options{File: cmp.Or(o.config, e.Getenv("PERSEID_CONFIG")), Environ: e.Environ, Database: o.database, Folders: directories})
	logProblems(log, problems)
	if problems.Invalid() {
		return &exitError{code: exitInvalid, err: fmt.Errorf("the configuration has errors, so nothing is served; 'perseid config check' lists them")}
	}
	collectOften(e.Environ)
	info := buildinfo.Get()
	log.Info("starting", "version", info.Version, "commit", info.Commit)
	if len(c.Sources()) == 0 {
		log.Warn("no source is configured: the database is served as it is; name directories on the command line, in provisioning.folders or in delivery.sources")
	}
	secure, err := o.tls.parse()
	if err != nil {
		return err
	}
	s, err := server.New(server.Options{Config: c, Listen: o.listen, TLS: secure, TelemetryPath: o.telemetryPath, Pprof: o.pprof, Log: log})
	if err != nil {
		return err
	}
	ctx, stop := untilSignal(parent, log)
	defer stop()
	return s.Start(ctx)
}

// collectOften lets garbage grow to half of what is in use rather than all of it, unless GOGC says otherwise: a first load then peaks a fifth
// lower, for a tenth more of its CPU time.
func collectOften(environ []string) {
	if !slices.ContainsFunc(environ, func(v string) bool { return strings.HasPrefix(v, "GOGC=") }) {
		debug.SetGCPercent(50)
	}
}

func logProblems(log *slog.Logger, problems problem.List) {
	for _, p := range problems {
		level := slog.LevelError
		if p.Severity == problem.Warning {
			level = slog.LevelWarn
		}
		log.Log(context.Background(), level, "configuration: "+p.String())
	}
}

// untilSignal is a context that the first SIGINT or SIGTERM ends. The next one finds the default handler and kills the process.
func untilSignal(parent context.Context, log *slog.Logger) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		defer signal.Stop(signals)
		select {
		case s := <-signals:
			log.Info("stopping", "signal", s.String())
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		cancel()
		<-stopped
	}
}
