// Package cluster starts a real API server of Kubernetes, with a real etcd behind it, for tests.
//
// Three ideas. RBAC is on, and programs under test get the token of a service account that may do exactly what the chart will allow them.
// A Proxy stands between a program and the server where a test wants connections to freeze or break. Objects are made with plain HTTP
// and JSON, so that nothing here shares code with what is tested.
//
// There is no kubelet, scheduler or controller manager: no pods run, and a namespace that is deleted does not go away by itself.
package cluster

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Options is how the server is started. The zero value is the server as it comes.
type Options struct {
	Flags []string // further flags of kube-apiserver
	Pods  bool     // pods will run somewhere, so they are given service accounts and their tokens
}

// Cluster is an API server that runs.
type Cluster struct {
	URL string // of the API server
	CA  string // file of the certificate that signed the server's

	dir    string
	o      Options
	ports  ports
	etcd   *process
	api    *process
	client *http.Client

	mu    sync.Mutex
	names int
}

type ports struct{ api, etcd, peer int }

// readyWithin is how long a server may take to answer.
const readyWithin = 90 * time.Second

// Start starts a server whose state lies in a directory, or skips the test where it cannot be run. It ends with the test.
func Start(t testing.TB, o Options) *Cluster {
	t.Helper()
	c, err := New(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	if c == nil {
		t.Skip(Missing())
	}
	t.Cleanup(c.Stop)
	return c
}

// New starts a server whose state lies in a directory. It returns nothing where the programs are missing.
func New(dir string, o Options) (*Cluster, error) {
	if Missing() != "" {
		return nil, nil
	}
	c := &Cluster{dir: dir, o: o}
	if err := c.prepare(); err != nil {
		return nil, err
	}
	if err := c.start(); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) prepare() (err error) {
	if c.ports.api, err = freePort(); err != nil {
		return err
	}
	if c.ports.etcd, err = freePort(); err != nil {
		return err
	}
	if c.ports.peer, err = freePort(); err != nil {
		return err
	}
	c.URL = fmt.Sprintf("https://127.0.0.1:%d", c.ports.api)
	c.CA = filepath.Join(c.dir, "certs", "apiserver.crt")
	return c.writeFiles()
}

func (c *Cluster) start() error {
	var err error
	if c.etcd, err = c.startEtcd(); err != nil {
		return err
	}
	return c.StartServer()
}

// StartServer starts the API server again, on the same port, and waits until it is ready.
func (c *Cluster) StartServer() (err error) {
	if c.api, err = c.startAPI(); err != nil {
		return err
	}
	if err := c.connect(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	for {
		if _, err = c.do(ctx, http.MethodGet, "/readyz", nil); err == nil {
			break
		}
		if ended := c.api.ended(); ended != nil || ctx.Err() != nil {
			return fmt.Errorf("the API server is not ready: %v, %v\n%s", err, ended, c.api.tail())
		}
		time.Sleep(50 * time.Millisecond)
	}
	return c.bootstrapped(ctx)
}

// bootstrapped waits for the default roles, which appear a moment after the server is ready.
func (c *Cluster) bootstrapped(ctx context.Context) error {
	for {
		_, err := c.do(ctx, http.MethodGet, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:discovery", nil)
		if err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// KillServer ends the API server as a crash does.
func (c *Cluster) KillServer() { c.api.kill() }

// Stop ends all processes.
func (c *Cluster) Stop() {
	c.api.kill()
	c.etcd.kill()
}

// Missing says why the servers cannot be started here; "" if they can.
func Missing() string {
	for _, name := range []string{"etcd", "kube-apiserver"} {
		if _, err := os.Stat(binary(name)); err != nil {
			return fmt.Sprintf("%v; make test-kubernetes builds it, and KUBEBUILDER_ASSETS may name the directory of one", err)
		}
	}
	return ""
}
