// Package sidecar is the whole of perseid-sidecar: labelled ConfigMaps and Secrets become files, as kiwigrid/k8s-sidecar makes them.
//
// Three ideas. The source says what there is and the mirror makes the directory so; what is here decides between them: which
// name a key gives, which directory an annotation means, what a URL leads to. One loop owns all of that, and looks at the whole each time:
// what it missed once, it finds the next time. Whatever is slow and not ours (a URL, a script, a request) runs beside the loop, never in it.
//
// One table of variables is the configuration, the help and the reference. Names, defaults, health answers and lines of the log are those of
// k8s-sidecar 2.10; docs/sidecar.md says what differs and why.
//
// It does not know what a resource is: files are bytes.
package sidecar

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/perseid-dev/perseid/internal/buildinfo"
	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/mirror"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/source/kubernetes"
)

// Sidecar is one run of the program. New makes it, Run runs it once.
type Sidecar struct {
	c       *Config
	log     *slog.Logger
	options kubernetes.Options
	source  *kubernetes.Source
	mirror  *mirror.Mirror
	health  net.Listener // nil: the port was taken
	inbox   inbox
	loop    *loop
}

// New takes hold of the directory and the port. Nothing is asked of the API server yet.
func New(c *Config, log *slog.Logger) (*Sidecar, error) {
	s := &Sidecar{c: c, log: log, inbox: inbox{wake: make(chan struct{}, 1)}}
	client, err := openClient(c, log)
	if err != nil {
		return nil, err
	}
	if s.mirror, err = openMirror(c, log); err != nil {
		return nil, err
	}
	s.options = kubernetes.Options{
		Name: "sidecar", Client: client, Selector: c.selector(), Resources: kinds(c.resources), Names: objectNames(c.names),
		DirectoryAnnotation: c.annotationName(), Expand: c.expand, Bodies: s.mirror, Log: log,
		ServerTimeout: c.serverTimeout, ReadTimeout: c.clientTimeout, RetryDelay: c.throttle,
	}
	if c.polls() {
		s.options.Poll = c.sleep
	}
	if s.options.Namespaces, err = namespaces(c, client); err != nil {
		return nil, errors.Join(err, s.mirror.Close())
	}
	s.source = kubernetes.New(s.options)
	s.loop = newLoop(s)
	s.health = listen(c, log)
	return s, nil
}

func openClient(c *Config, log *slog.Logger) (*kube.Client, error) {
	client, err := kube.Open(kube.Config{
		Kubeconfig: c.kubeconfig, InsecureSkipVerify: c.skipTLSVerify, UserAgent: "perseid-sidecar/" + buildinfo.Get().Version,
	})
	if err != nil {
		return nil, err
	}
	log.Debug("Config for cluster api at '" + client.Host() + "' loaded.")
	return client, nil
}

func openMirror(c *Config, log *slog.Logger) (*mirror.Mirror, error) {
	o := mirror.Options{
		Root: c.folder, Anywhere: c.allowedFolders == nil, Protected: c.protected(), Mode: c.mode,
		Stage: c.stage, Index: c.index, Label: c.selector(), Log: log,
	}
	if c.allowedFolders != nil {
		o.Allowed = *c.allowedFolders
	}
	return mirror.Open(o)
}

// namespaces are those to look into; where none is configured, the pod's own.
func namespaces(c *Config, client *kube.Client) ([]string, error) {
	if c.namespaces != nil {
		return c.namespaces, nil
	}
	own, err := client.OwnNamespace()
	if err != nil {
		return nil, fmt.Errorf("NAMESPACE is not set: %w", err)
	}
	return []string{own}, nil
}

// kinds gives the resources in the order in which they are listed.
func kinds(resources string) []kube.Resource {
	switch resources {
	case "secret":
		return []kube.Resource{kube.Secrets}
	case "both":
		return []kube.Resource{kube.Secrets, kube.ConfigMaps}
	}
	return []kube.Resource{kube.ConfigMaps}
}

func objectNames(names []name) (list []kubernetes.ObjectName) {
	for _, n := range names {
		o := kubernetes.ObjectName{Namespace: n.namespace, Name: n.name}
		switch n.kind {
		case "configmap":
			o.Resource = kube.ConfigMaps
		case "secret":
			o.Resource = kube.Secrets
		}
		list = append(list, o)
	}
	return list
}

// Run goes on until ctx ends, or one pass is made with METHOD=LIST. The error says what of that pass failed.
func (s *Sidecar) Run(ctx context.Context) error {
	s.announce()
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { s.serve(ctx) })
	var listed chan error
	if s.c.method == methodList {
		listed = make(chan error, 1)
		running.Go(func() { listed <- s.list(ctx) })
	} else {
		running.Go(func() { s.loop.hooks.run(ctx) })
		running.Go(func() { s.follow(ctx) })
	}
	err := s.loop.run(ctx, listed)
	cancel()
	running.Wait()
	s.loop.fetches.running.Wait()
	return errors.Join(err, s.mirror.Close())
}

// announce says at the start what is going to be done.
func (s *Sidecar) announce() {
	if s.c.annotation == nil {
		s.log.Info("No folder annotation was provided, defaulting to " + defaultAnnotation)
	}
	if !s.c.uniqueFilenames {
		s.log.Info("Unique filenames will not be enforced.")
	} else {
		s.log.Info("Unique filenames will be enforced.")
	}
	where := strings.Join(s.options.Namespaces, ",")
	if where == "" {
		where = "ALL"
	}
	s.log.Info(fmt.Sprintf("Watching %s with label selector '%s' in namespace %s", s.c.resources, s.c.selector(), where))
}

// follow runs the source. It ends before ctx only if something is wrong with the program.
func (s *Sidecar) follow(ctx context.Context) {
	if err := s.source.Run(ctx, s.inbox.put); err != nil {
		s.log.Error("The API server is not followed any more", "error", err)
	}
	if ctx.Err() == nil {
		s.loop.view.update(func(v *view) { v.dead = true })
	}
}

// list makes the one pass of METHOD=LIST, again and again while it fails and may be tried again.
func (s *Sidecar) list(ctx context.Context) error {
	for try := 0; ; try++ {
		snapshot, err := kubernetes.List(ctx, s.options)
		if err == nil || try >= s.c.request.total {
			if snapshot != nil {
				s.inbox.put(snapshot)
			}
			return err
		}
		s.log.Error("The pass failed and is tried again", "error", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(min(s.c.throttle, time.Duration(1<<min(try, 10))*time.Second/2)):
		}
	}
}

// inbox holds the last snapshot that was handed over: the loop is interested in the newest only.
type inbox struct {
	mu   sync.Mutex
	last *source.Snapshot
	wake chan struct{}
}

func (i *inbox) put(s *source.Snapshot) {
	i.mu.Lock()
	i.last = s
	i.mu.Unlock()
	select {
	case i.wake <- struct{}{}:
	default:
	}
}

// take is nil if nothing came since the last time.
func (i *inbox) take() *source.Snapshot {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.last
	i.last = nil
	return s
}
