package cli

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// serveOptions are the flags of serve: those of Perses, and database.
type serveOptions struct {
	config, database      string
	listen, telemetryPath string
	hidePort, pprof       bool
	log                   logOptions
	tls                   tlsOptions
}

type logOptions struct {
	level, format string
	source        bool
}

// levels are those of Perses; slog has fewer.
var levels = map[string]slog.Level{
	"panic": slog.LevelError, "fatal": slog.LevelError, "error": slog.LevelError,
	"warning": slog.LevelWarn, "info": slog.LevelInfo, "debug": slog.LevelDebug, "trace": slog.LevelDebug - 4,
}

// persesFlags are the flags of Perses, which takes them with one dash too.
var persesFlags = []string{
	"config", "log.level", "log.format", "log.method-trace", "pprof", "web.listen-address", "web.hide-port", "web.telemetry-path",
	"web.tls-cert-file", "web.tls-key-file", "web.tls-min-version", "web.tls-max-version", "web.tls-cipher-suites",
}

func (o *serveOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.config, "config", "", "configuration `FILE`, as Perses reads it (default $PERSEID_CONFIG)")
	flags.StringVar(&o.database, "database", "", "`DIRECTORY` of the database, instead of database.file.folder (default ./local_db)")
	flags.StringVar(&o.listen, "web.listen-address", ":8080", "`ADDRESS` to listen on, host:port")
	flags.StringVar(&o.telemetryPath, "web.telemetry-path", "/metrics", "`PATH` of the metrics")
	flags.StringVar(&o.log.level, "log.level", "info", "panic, fatal, error, warning, info, debug or trace")
	flags.StringVar(&o.log.format, "log.format", "text", "text or json")
	flags.BoolVar(&o.log.source, "log.method-trace", false, "name the place in the program in every log line")
	flags.BoolVar(&o.pprof, "pprof", false, "serve /debug/pprof")
	flags.BoolVar(&o.hidePort, "web.hide-port", false, "accepted for Perses' sake; the address is logged once either way")
	o.tls.addFlags(flags)
	_ = flags.MarkHidden("web.hide-port")
}

func (o *serveOptions) validate() error {
	if _, ok := levels[o.log.level]; !ok {
		return usage(fmt.Errorf("--log.level %q: expected panic, fatal, error, warning, info, debug or trace", o.log.level))
	}
	if !slices.Contains([]string{"text", "json"}, o.log.format) {
		return usage(fmt.Errorf("--log.format %q: expected text or json", o.log.format))
	}
	if !strings.HasPrefix(o.telemetryPath, "/") {
		return usage(fmt.Errorf("--web.telemetry-path %q: expected a path that starts with /", o.telemetryPath))
	}
	_, err := o.tls.parse()
	return err
}

func (o logOptions) logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: levels[o.level], AddSource: o.source}
	if o.format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// doubleDashes gives the flags of Perses the two dashes that this command line needs.
func doubleDashes(args []string) []string {
	args = slices.Clone(args)
	for i, arg := range args {
		if arg == "--" {
			break
		}
		name, _, _ := strings.Cut(arg, "=")
		if flag, ok := strings.CutPrefix(name, "-"); ok && slices.Contains(persesFlags, flag) {
			args[i] = "-" + arg
		}
	}
	return args
}
