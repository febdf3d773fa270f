package cluster

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// within bounds one request of a test.
const within = 30 * time.Second

// connect trusts the certificate that the server made for itself when it was first started.
func (c *Cluster) connect() error {
	var data []byte
	for end := time.Now().Add(readyWithin); ; {
		var err error
		if data, err = os.ReadFile(c.CA); err == nil && len(data) > 0 {
			break
		}
		if ended := c.api.ended(); ended != nil || time.Now().After(end) {
			return fmt.Errorf("the API server made no certificate: %v\n%s", ended, c.api.tail())
		}
		time.Sleep(20 * time.Millisecond)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return errors.New("the API server's certificate cannot be read")
	}
	c.client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}, Timeout: within}
	return nil
}

// do sends a request as the administrator; body, if not nil, is sent as JSON.
func (c *Cluster) do(ctx context.Context, method, path string, body any) ([]byte, error) {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.URL+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	req.Header.Set("Content-Type", "application/json")
	if method == http.MethodPatch {
		req.Header.Set("Content-Type", "application/merge-patch+json")
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, answer)
	}
	return answer, err
}

// Get reads an object as the administrator.
func (c *Cluster) Get(path string, into any) error {
	answer, err := c.do(context.Background(), http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, into)
}

// Do sends a request as the administrator, with a body as JSON unless it is nil, and gives the answer.
func (c *Cluster) Do(t testing.TB, method, path string, body any) []byte {
	t.Helper()
	answer, err := c.do(context.Background(), method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// Namespace makes a namespace of a name that no other has, and gives the name.
func (c *Cluster) Namespace(t testing.TB) string {
	t.Helper()
	c.mu.Lock()
	c.names++
	name := fmt.Sprintf("team-%d", c.names)
	c.mu.Unlock()
	c.MakeNamespace(t, name)
	return name
}

// MakeNamespace makes a namespace.
func (c *Cluster) MakeNamespace(t testing.TB, name string) {
	t.Helper()
	c.Do(t, http.MethodPost, "/api/v1/namespaces", map[string]any{"metadata": map[string]any{"name": name}})
}

// Object is a ConfigMap or a Secret as a test writes it.
type Object struct {
	Resource    string // configmaps or secrets; configmaps if empty
	Namespace   string
	Name        string
	Labels      map[string]string
	Annotations map[string]string
	Data        map[string]string // text of a ConfigMap; of a Secret, too
	Binary      map[string][]byte // binaryData of a ConfigMap
}

func (o Object) path() string { return o.collection() + "/" + o.Name }

func (o Object) collection() string {
	resource := o.Resource
	if resource == "" {
		resource = "configmaps"
	}
	return "/api/v1/namespaces/" + o.Namespace + "/" + resource
}

func (o Object) body() map[string]any {
	body := map[string]any{"metadata": map[string]any{"name": o.Name, "labels": o.Labels, "annotations": o.Annotations}}
	if o.Resource == "secrets" {
		body["stringData"] = o.Data
	} else {
		body["data"], body["binaryData"] = o.Data, o.Binary
	}
	return body
}

// Apply makes an object, or replaces it.
func (c *Cluster) Apply(t testing.TB, o Object) {
	t.Helper()
	_, err := c.do(context.Background(), http.MethodPut, o.path(), o.body())
	if err != nil && strings.Contains(err.Error(), "404") {
		_, err = c.do(context.Background(), http.MethodPost, o.collection(), o.body())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Delete removes an object.
func (c *Cluster) Delete(t testing.TB, o Object) {
	t.Helper()
	c.Do(t, http.MethodDelete, o.path(), nil)
}
