package cluster

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// Compact makes the database forget everything but the present: who resumes from before is told 410, once the server has forgotten too
// (which it has when it is started anew).
func (c *Cluster) Compact(t testing.TB) {
	t.Helper()
	var at struct{ Header struct{ Revision string } }
	if err := json.Unmarshal(c.askEtcd(t, "/v3/kv/range", map[string]any{"key": "AA=="}), &at); err != nil {
		t.Fatal(err)
	}
	c.askEtcd(t, "/v3/kv/compaction", map[string]any{"revision": at.Header.Revision, "physical": true})
}

func (c *Cluster) askEtcd(t testing.TB, path string, body any) []byte {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(fmt.Sprintf("http://127.0.0.1:%d%s", c.ports.etcd, path), "application/json", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("etcd: %s: %s: %v", resp.Status, answer, err)
	}
	return answer
}
