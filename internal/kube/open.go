package kube

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/transport"
)

// ownNamespaceFile is where a pod finds its namespace.
const ownNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

// maxNamespace bounds the name of a namespace that is read, in bytes; Kubernetes allows 63.
const maxNamespace = 253

// Config says which API server, and as whom.
type Config struct {
	// Kubeconfig is the path of a kubeconfig, whose current context is used. Where no file is, or the path is empty, the service account
	// of the pod is used; its token is read again as it is rotated.
	Kubeconfig string
	// InsecureSkipVerify believes any certificate of the API server.
	InsecureSkipVerify bool
	UserAgent          string // of requests; the name of the program if empty
}

// DefaultKubeconfig is $KUBECONFIG as it stands (it is not split), or ~/.kube/config; "" where there is no home.
func DefaultKubeconfig() string {
	if path := os.Getenv("KUBECONFIG"); path != "" {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".kube", "config")
}

// Open prepares a client. It sends nothing: an API server that is not there is found by the first request.
func Open(c Config) (*Client, error) {
	config, namespace, err := find(c)
	if err != nil {
		return nil, fmt.Errorf("find the API server: %w", err)
	}
	client, base, err := connect(adjust(config, c))
	if err != nil {
		return nil, fmt.Errorf("prepare requests to %s: %w", config.Host, err)
	}
	return &Client{http: client, base: base, host: config.Host, namespace: namespace}, nil
}

// find reads a kubeconfig if there is one, or else what a pod is given.
func find(c Config) (*rest.Config, func() (string, error), error) {
	tried := "no kubeconfig was named"
	if c.Kubeconfig != "" {
		_, err := os.Stat(c.Kubeconfig)
		if err == nil {
			return load(c.Kubeconfig)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		tried = fmt.Sprintf("there is no kubeconfig at %s", c.Kubeconfig)
	}
	config, err := rest.InClusterConfig()
	if errors.Is(err, rest.ErrNotInCluster) {
		return nil, nil, fmt.Errorf("%s, and this is no pod (KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set)", tried)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s, and the service account of the pod cannot be used: %w", tried, err)
	}
	return config, podNamespace, nil
}

// load reads a kubeconfig.
func load(path string) (*rest.Config, func() (string, error), error) {
	loaded := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(&clientcmd.ClientConfigLoadingRules{ExplicitPath: path}, nil)
	config, err := loaded.ClientConfig()
	if err != nil {
		return nil, nil, fmt.Errorf("read kubeconfig %s: %w", path, err)
	}
	namespace := func() (string, error) {
		if name, err := podNamespace(); err == nil {
			return name, nil
		}
		name, _, err := loaded.Namespace()
		return name, err
	}
	return config, namespace, nil
}

func podNamespace() (string, error) {
	data, err := os.ReadFile(ownNamespaceFile)
	if err != nil {
		return "", fmt.Errorf("read the pod's own namespace: %w", err)
	}
	name := strings.TrimSpace(string(data))
	if name == "" || len(name) > maxNamespace {
		return "", fmt.Errorf("read the pod's own namespace: %s does not hold a name", ownNamespaceFile)
	}
	return name, nil
}

// adjust makes requests what this package wants: a connection of their own, and no compression that would have to be undone.
func adjust(config *rest.Config, c Config) *rest.Config {
	config = rest.CopyConfig(config)
	config.APIPath, config.GroupVersion = "/api", &schema.GroupVersion{Version: "v1"}
	config.NextProtos = []string{"http/1.1"}
	config.DisableCompression = true
	config.UserAgent = cmp.Or(c.UserAgent, rest.DefaultKubernetesUserAgent())
	if file := config.BearerTokenFile; file != "" {
		// As client-go would read it, except that a token that was refused is not used for the rest of a minute.
		config.BearerToken, config.BearerTokenFile = "", ""
		config.Wrap(transport.ResettableTokenSourceWrapTransport(transport.NewCachedFileTokenSource(file)))
	}
	if c.InsecureSkipVerify {
		config.Insecure, config.CAFile, config.CAData = true, "", nil
	}
	return config
}

// connect prepares requests. Credentials are for one server: a redirection is an answer like any other.
func connect(config *rest.Config) (*http.Client, *url.URL, error) {
	sender, err := rest.TransportFor(config)
	if err != nil {
		return nil, nil, err
	}
	base, path, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, nil, err
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Transport: sender, CheckRedirect: stay}, base.JoinPath(path), nil
}
