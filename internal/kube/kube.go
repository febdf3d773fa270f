// Package kube talks to a Kubernetes API server about ConfigMaps and Secrets.
//
// Three ideas. A Stream follows the objects of one kind that match a selector, and survives everything that happens to a connection: it
// resumes where it was, lists anew where it cannot, and notices a connection that has gone silent. Objects are decoded one at a time out
// of one reused buffer, values uncopied, so that a cluster of large objects costs the memory of its largest. Each stream has a
// connection of its own (HTTP/1.1), so that one that hangs takes no other with it.
//
// It is the only home of k8s.io. It keeps no objects and judges nothing; internal/source/kubernetes makes a source of it.
package kube

import (
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Resource is a kind of objects by the name the API server has for it.
type Resource string

// The resources that hold files.
const (
	ConfigMaps Resource = "configmaps"
	Secrets    Resource = "secrets"
)

// Kind is the singular in lower case, as it stands in paths, origins and logs: configmap or secret.
func (r Resource) Kind() string {
	if r == Secrets {
		return "secret"
	}
	return "configmap"
}

// ErrNotFound is wrapped by the error of Get when the object does not exist.
var ErrNotFound = errors.New("not found")

// ErrInterrupted is wrapped by the error of a request whose connection could not be made, was lost or went silent.
var ErrInterrupted = errors.New("no connection")

// Client is a connection to one API server. It is safe for concurrent use.
type Client struct {
	http      *http.Client
	base      *url.URL // ends in /api/v1
	host      string
	namespace func() (string, error)
}

// Host is the address of the API server, as a URL.
func (c *Client) Host() string { return c.host }

// OwnNamespace is the namespace of the pod this runs in, or that of the kubeconfig's context. It is looked for only when asked.
func (c *Client) OwnNamespace() (string, error) { return c.namespace() }

// Object is a ConfigMap or a Secret.
type Object struct {
	Resource        Resource
	Namespace       string
	Name            string
	UID             string
	ResourceVersion string
	Created         time.Time
	Annotations     map[string]string
	Values          []Value // sorted by key; a key is in it once
}

// Value is one key of an object. Its bytes belong to whoever handed over the object, and are good until that call returns.
type Value struct {
	Key    string
	Data   []byte
	Binary bool // from binaryData
}
