package kube

import (
	"context"
)

// PageSize is how many objects one request for a list asks for: a response of full-size objects stays in tens of megabytes for the server.
const PageSize = 25

// Query says which objects are meant.
type Query struct {
	Resource  Resource
	Namespace string // empty: all namespaces
	Selector  string // label selector, as written; empty: all objects
}

// Get reads one object. If it does not exist the error wraps ErrNotFound. The object belongs to the caller.
func (c *Client) Get(ctx context.Context, r Resource, namespace, name string) (*Object, error) {
	return nil, ErrNotFound
}

// List reads all objects of a query in pages, and shows one after the other; what it shows is valid until see returns.
// After an error the list is not whole.
func (c *Client) List(ctx context.Context, q Query, see func(*Object)) error { return nil }
