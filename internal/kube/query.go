package kube

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"time"
)

// PageSize is how many objects one request for a list asks for: an answer of objects of full size stays within what a server likes to send.
const PageSize = 25

// maxPages bounds a list, against a server that has always one page more.
const maxPages = 100_000

// Query says which objects are meant.
type Query struct {
	Resource  Resource
	Namespace string // empty: all namespaces
	Selector  string // label selector, as written; empty: all objects
}

// path is where the objects of the query are, below /api/v1.
func (q Query) path() string {
	if q.Namespace == "" {
		return string(q.Resource)
	}
	return path.Join("namespaces", url.PathEscape(q.Namespace), string(q.Resource))
}

func (q Query) parameters() url.Values {
	if q.Selector == "" {
		return url.Values{}
	}
	return url.Values{"labelSelector": {q.Selector}}
}

// Get reads one object. If it does not exist the error wraps ErrNotFound. The object belongs to the caller.
func (c *Client) Get(ctx context.Context, r Resource, namespace, name string) (*Object, error) {
	return c.get(ctx, r, namespace, name, requestDuration)
}

func (c *Client) get(ctx context.Context, r Resource, namespace, name string, patience time.Duration) (*Object, error) {
	place := path.Join(Query{Resource: r, Namespace: namespace}.path(), url.PathEscape(name))
	answer, err := c.request(ctx, http.MethodGet, place, nil, nil, patience)
	if err != nil {
		return nil, fmt.Errorf("read %s %s/%s: %w", r.Kind(), namespace, name, err)
	}
	defer answer.Close()
	o, err := newBody(answer).object(r)
	if err != nil {
		return nil, fmt.Errorf("read %s %s/%s: %w", r.Kind(), namespace, name, err)
	}
	return o, nil
}

// List reads all objects of a query in pages, and shows one after the other; what it shows is valid until see returns.
// After an error the list is not whole.
func (c *Client) List(ctx context.Context, q Query, see func(*Object)) error {
	_, err := c.list(ctx, q, requestDuration, see)
	return err
}

// list also gives the version of the list, at which a watch may go on.
func (c *Client) list(ctx context.Context, q Query, patience time.Duration, see func(*Object)) (revision string, err error) {
	parameters := q.parameters()
	parameters.Set("limit", strconv.Itoa(PageSize))
	for range maxPages {
		var next string
		revision, next, err = c.page(ctx, q, parameters, patience, see)
		if err != nil || next == "" {
			return revision, err
		}
		parameters.Set("continue", next)
	}
	return "", fmt.Errorf("a list of more than %d pages", maxPages)
}

func (c *Client) page(ctx context.Context, q Query, parameters url.Values, patience time.Duration, see func(*Object)) (revision, next string, err error) {
	answer, err := c.request(ctx, http.MethodGet, q.path(), parameters, nil, patience)
	if err != nil {
		return "", "", err
	}
	defer answer.Close()
	return newBody(answer).page(q.Resource, see)
}
