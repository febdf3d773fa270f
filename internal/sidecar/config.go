package sidecar

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"time"
)

// Config is what the environment and the flags say. Parse fills it.
type Config struct {
	// What is watched.
	label      *string // nil: not set, which is an error; empty: every object
	labelValue string
	namespaces []string // nil: the pod's own; "" among them: all
	everywhere bool     // NAMESPACE is exactly ALL
	resources  string   // configmap, secret or both
	names      []name

	// How.
	method                       string // "", LIST or SLEEP
	sleep, throttle              time.Duration
	serverTimeout, clientTimeout time.Duration
	ignoreProcessed              bool
	expand                       bool

	// Where files go.
	folder             string
	annotation         *string // nil: not set
	uniqueFilenames    bool
	folderPerNamespace bool
	mode               fs.FileMode
	allowedFolders     *[]string // nil: every absolute one
	index, stage       string

	// Values that are URLs, and what is called after a change.
	allowedURLs   *[]string // nil: every one
	script        string
	scriptTimeout time.Duration
	debounce      time.Duration
	request       request

	// The API server, health and the log.
	kubeconfig    string
	skipTLSVerify bool
	healthPort    int
	healthHost    string
	threshold     time.Duration // zero: twice the time between two contacts
	logLevel      slog.Level
	logfmt, utc   bool
	logConfig     string
	home          string
}

// request is how HTTP requests are made, and the one after a change.
type request struct {
	url, method, payload     string
	skipInit                 bool
	timeout                  time.Duration
	total, connect, read     int // how often a request is tried again: at all, after a failed connection, after a failed answer
	backoff                  float64
	user, password           string
	userFile, passwordFile   string // of the environment
	userFlag, passwordFlag   string // of the flags: these go first
	encoding                 encoding
	skipTLSVerify, enable5xx bool
}

// name is an entry of RESOURCE_NAME. Empty parts mean any.
type name struct{ namespace, kind, name string }

// ErrUsage is wrapped by the errors of arguments: what was typed, not what was configured.
var ErrUsage = errors.New("usage")

// Parse reads flags and environment. Its error names every variable that is wrong. The Config is good for its log settings even then.
func Parse(args, environ []string) (*Config, error) {
	c := &Config{}
	given := map[string]string{}
	for _, pair := range environ {
		key, value, _ := strings.Cut(pair, "=")
		given[key] = value
	}
	c.home = given["HOME"]
	var wrong []error
	for _, v := range variables {
		value, ok := given[v.Name]
		if value == "" && v.Default != "" {
			value, ok = v.Default, true
		}
		if !ok {
			continue
		}
		if err := v.set(c, value); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", v.Name, err))
		}
	}
	if err := c.parseFlags(args); err != nil {
		return c, err
	}
	return c, errors.Join(errors.Join(wrong...), c.check())
}

// parseFlags reads what may stand on the command line.
func (c *Config) parseFlags(args []string) error {
	flags := map[string]*string{"--req-username-file": &c.request.userFlag, "--req-password-file": &c.request.passwordFlag}
	for len(args) > 0 {
		name, value, joined := strings.Cut(args[0], "=")
		target, known := flags[name]
		args = args[1:]
		switch {
		case !known:
			return fmt.Errorf("%w: unrecognized argument %s", ErrUsage, name)
		case !joined && len(args) == 0:
			return fmt.Errorf("%w: %s expects a path", ErrUsage, name)
		case !joined:
			value, args = args[0], args[1:]
		}
		*target = value
	}
	return nil
}

// check wants what cannot be done without, and completes what depends on more than one variable.
func (c *Config) check() error {
	var wrong []error
	if c.label == nil {
		wrong = append(wrong, errors.New("LABEL is not set: it names the label of the ConfigMaps and Secrets to collect"))
	}
	if c.folder == "" {
		wrong = append(wrong, errors.New("FOLDER is not set: it is the directory the files are put in"))
	} else if abs, err := filepath.Abs(c.folder); err != nil {
		wrong = append(wrong, fmt.Errorf("FOLDER: %w", err))
	} else {
		c.folder = abs
	}
	if c.logConfig != "" {
		wrong = append(wrong, errors.New("LOG_CONFIG is a logging configuration of Python, which this program cannot follow: unset it, and use LOG_LEVEL, LOG_FORMAT and LOG_TZ"))
	}
	if c.kubeconfig == "" && c.home != "" {
		c.kubeconfig = filepath.Join(c.home, ".kube", "config")
	}
	if c.everywhere {
		c.names = nil
	}
	return errors.Join(wrong...)
}

// selector is the label selector, as it is sent.
func (c *Config) selector() string {
	if c.labelValue == "" {
		return *c.label
	}
	return *c.label + "=" + c.labelValue
}

// polls says whether the API server is asked again and again instead of watched.
func (c *Config) polls() bool { return c.method == methodSleep || len(c.names) > 0 }

// refresh is the time between two contacts with the API server when nothing happens, after which files and URLs are looked at again.
func (c *Config) refresh() time.Duration {
	if c.polls() {
		return c.sleep
	}
	return c.serverTimeout
}

// contactThreshold is after how long without a word of the API server the program counts as dead.
func (c *Config) contactThreshold() time.Duration {
	if c.threshold > 0 {
		return c.threshold
	}
	return 2 * c.refresh()
}

// protected are the files this program depends on, which no ConfigMap may replace.
func (c *Config) protected() (paths []string) {
	r := &c.request
	for _, path := range []string{c.script, c.kubeconfig, r.userFile, r.passwordFile, r.userFlag, r.passwordFlag, serviceAccount} {
		if path == "" {
			continue
		}
		if abs, err := filepath.Abs(path); err == nil {
			paths = append(paths, abs)
			if real, err := filepath.EvalSymlinks(abs); err == nil && real != abs {
				paths = append(paths, real)
			}
		}
	}
	return paths
}

const serviceAccount = "/var/run/secrets/kubernetes.io"

// Methods besides watching.
const (
	methodList  = "LIST"
	methodSleep = "SLEEP"
)
