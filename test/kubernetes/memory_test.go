package kubernetes_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/source/kubernetes"
	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// childNamespace, if set, makes this program one that follows a namespace and says what that cost; $KUBECONFIG names the server.
const childNamespace = "PERSEID_TEST_FOLLOW"

// followAsChild prints how many files there are, and the memory in kB: at the peak, and once the system has what it may have back.
func followAsChild(namespace string) error {
	client, err := kube.Open(kube.Config{Kubeconfig: kube.DefaultKubeconfig()})
	if err != nil {
		return err
	}
	s := kubernetes.New(kubernetes.Options{
		Name: "child", Client: client, Namespaces: []string{namespace}, Selector: label, Bodies: &bodies{kept: map[source.Digest][]byte{}, drop: true},
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	began := time.Now()
	return s.Run(ctx, func(s *source.Snapshot) {
		took := time.Since(began)
		peak := memory("VmHWM")
		debug.FreeOSMemory()
		fmt.Printf("files %d peak %d idle %d ms %d\n", len(s.Files), peak, memory("VmRSS"), took.Milliseconds())
		cancel()
	})
}

func memory(row string) (kb int) {
	data, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, row) {
			kb, _ = strconv.Atoi(strings.Fields(line)[1])
		}
	}
	return kb
}

// maxGrowth is what following may add to the memory of a program that follows nothing, in kB.
const maxGrowth = 8_000

// A thousand objects of 50 kB, or a few of the largest size, cost the memory of a few; and a handful of requests.
func TestMemoryAndRequests(t *testing.T) {
	if memory("VmHWM") == 0 {
		t.Skip("the memory of a process cannot be read here")
	}
	c := server(t)
	_, base := followInChild(t, c, 0, 0)
	for name, test := range map[string]struct{ objects, size int }{"1000 x 50 kB": {1000, 50_000}, "20 of largest size": {20, 1<<20 - 200}} {
		t.Run(name, func(t *testing.T) {
			uris, peak := followInChild(t, c, test.objects, test.size)
			if peak-base > maxGrowth {
				t.Errorf("%d kB at the peak, %d for nothing; want %d more at most", peak, base, maxGrowth)
			}
			if len(uris) > 2 {
				t.Errorf("%d requests: %q", len(uris), uris)
			}
		})
	}
}

// followInChild has another process follow a namespace of so many objects, and gives its requests, and its memory at the peak in kB.
func followInChild(t *testing.T, c *cluster.Cluster, objects, size int) (uris []string, peak int) {
	t.Helper()
	a, ns := c.Account(t), c.Namespace(t)
	a.Allow(t, ns, cluster.Reads())
	fill(t, c, ns, objects, func(i int) string { return fmt.Sprint(i, strings.Repeat("x", size)) })
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childNamespace+"="+ns, "KUBECONFIG="+a.Kubeconfig(t, ""))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("%s", out)
	m := regexp.MustCompile(`files (\d+) peak (\d+) `).FindSubmatch(out)
	if m == nil || string(m[1]) != fmt.Sprint(objects) {
		t.Fatalf("said %s", out)
	}
	peak, _ = strconv.Atoi(string(m[2]))
	if uris, err = c.Requests(a.User()); err != nil {
		t.Fatal(err)
	}
	return uris, peak
}
