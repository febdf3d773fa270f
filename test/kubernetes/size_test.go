package kubernetes_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/perseid-dev/perseid/internal/pace"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/source/kubernetes"
	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// fill makes many ConfigMaps, a few at a time.
func fill(t testing.TB, c *cluster.Cluster, ns string, n int, value func(int) string) {
	t.Helper()
	work := make(chan int)
	var makers sync.WaitGroup
	for range 8 {
		makers.Go(func() {
			for i := range work {
				c.Apply(t, configMap(ns, fmt.Sprintf("n%05d", i), "a.json", value(i)))
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	makers.Wait()
}

// Five thousand ConfigMaps are one request, and those that change in a burst a few snapshots.
func TestFiveThousand(t *testing.T) {
	const n = 5000
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	fill(t, c, ns, n, func(i int) string { return fmt.Sprint(i) })
	began := time.Now()
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{ns}, Pace: pace.Delivery()})
	s := f.until(t, "all of them", func(s *source.Snapshot) bool { return len(s.Files) == n && len(s.Unread) == 0 })
	t.Logf("the first snapshot of %d took %v", n, time.Since(began))
	for i := 1; i < n; i++ {
		if s.Files[i-1].Path >= s.Files[i].Path {
			t.Fatalf("not sorted: %s, %s", s.Files[i-1].Path, s.Files[i].Path)
		}
	}
	if uris, err := c.Requests(a.User()); err != nil || len(uris) > 2 {
		t.Errorf("%d requests, %v: %.300q", len(uris), err, uris)
	}
	fill(t, c, ns, 500, func(int) string { return "changed" })
	changed, snapshots := source.DigestOf([]byte("changed")), 0
	f.until(t, "the burst", func(s *source.Snapshot) bool {
		snapshots++
		return s.Files[499].Digest == changed && s.Files[0].Digest == changed && s.Files[250].Digest == changed
	})
	t.Logf("a burst of 500 was %d snapshots", snapshots)
}

func TestLargestValues(t *testing.T) {
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	noise := make([]byte, 700<<10)
	random := rand.NewChaCha8([32]byte{1})
	random.Read(noise)
	text := strings.Repeat("x", 1<<20-100)
	for i := range 5 {
		c.Apply(t, configMap(ns, fmt.Sprint("text", i), "a.json", fmt.Sprint(i, text)))
	}
	c.Apply(t, cluster.Object{Namespace: ns, Name: "noise", Labels: labels, Binary: map[string][]byte{"b.bin": noise}})
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{ns}})
	want := map[string]string{ns + "/configmap/noise/b.bin": string(noise)}
	for i := range 5 {
		want[fmt.Sprintf("%s/configmap/text%d/a.json", ns, i)] = fmt.Sprint(i, text)
	}
	f.until(t, "all of them", f.holds(want))
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Compressed values are expanded; one that expands beyond all bounds is unread by itself, and says why.
func TestCompressedValuesAndBombs(t *testing.T) {
	c := server(t)
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bomb := make([]byte, kubernetes.MaxExpanded+1)
	c.Apply(t, cluster.Object{Namespace: ns, Name: "n", Labels: labels, Data: map[string]string{"both.json": "plain"}, Binary: map[string][]byte{
		"a.json.gz": gzipped(t, []byte("A")), "b.json.zst": w.EncodeAll([]byte("B"), nil), "both.json.gz": gzipped(t, []byte("not used")),
		"bomb1.json.gz": gzipped(t, bomb), "bomb2.json.zst": w.EncodeAll(bomb, nil), "torn.json.gz": gzipped(t, []byte("torn"))[:15], "no.json.gz": []byte("plain"),
	}})
	f := follow(t, kubernetes.Options{Client: open(t, a, nil), Namespaces: []string{ns}, Expand: true})
	at := ns + "/configmap/n/"
	s := f.until(t, "what is sound", f.has(map[string]string{at + "a.json": "A", at + "b.json": "B", at + "both.json": "plain"}))
	for name, reason := range map[string]string{
		"bomb1.json": "bomb1.json.gz cannot be expanded: it holds more than the limit of 16 MiB", "bomb2.json": "more than the limit of 16 MiB",
		"torn.json": "damaged", "no.json": "not compressed with gzip",
	} {
		found := false
		for _, u := range s.Unread {
			found = found || u.Prefix == at+name && strings.Contains(u.Reason, reason)
		}
		if !found {
			t.Errorf("%s is not unread for %q: %s", name, reason, show(s))
		}
	}
	if len(s.Unread) != 4 || len(s.Notes) != 1 || !strings.Contains(s.Notes[0].Reason, "both.json is there too") {
		t.Errorf("unread %v, notes %v", s.Unread, s.Notes)
	}
}
