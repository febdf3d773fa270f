package sidecar

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/test/kubernetes/cluster"
)

// A volume that outlives the container: what was deleted meanwhile goes, what others put there stays.
func TestRestartWithAKeptVolume(t *testing.T) {
	w := newWorld(t)
	w.create(text("a", "a.json", "A"), text("b", "b.json", "B"))
	p := w.pod().ready()
	p.holds(map[string]string{"a.json": "A", "b.json": "B"})
	for i := range 2 {
		if i == 0 {
			p.kill()
		} else if code := p.terminate(); code != 0 {
			t.Errorf("exit code %d", code)
		}
		w.remove(text([]string{"a", "b"}[i], "", ""))
		if err := os.WriteFile(filepath.Join(p.folder, "theirs.json"), []byte("theirs"), 0o644); err != nil {
			t.Fatal(err)
		}
		p.start()
		p.ready()
		want := map[string]string{"theirs.json": "theirs"}
		if i == 0 {
			want["b.json"] = "B"
		}
		p.holds(want)
	}
}

// The sidecar is killed again and again while objects come and go: at any time every file is whole, and in the end all is as declared.
func TestKill(t *testing.T) {
	w := newWorld(t)
	p := w.podLater()
	want := map[string]string{}
	content := func(i, round int) string { return strings.Repeat(fmt.Sprintf("%d in round %d\n", i, round), 5000) }
	for round := range 8 {
		p.start()
		for i := range 6 {
			name := fmt.Sprintf("o%d", i)
			o := text(name, name+".json", content(i, round))
			switch _, there := want[name+".json"]; {
			case !there:
				w.create(o)
				want[name+".json"] = o.data[name+".json"]
			case (i+round)%3 == 0:
				w.remove(o)
				delete(want, name+".json")
			default:
				w.replace(o)
				want[name+".json"] = o.data[name+".json"]
			}
		}
		p.kill()
		for name, data := range files(p.folder) {
			if first, _, _ := strings.Cut(data, "\n"); !strings.HasPrefix(name, ".perseid-staged-") && data != strings.Repeat(first+"\n", 5000) {
				t.Errorf("%s is not whole: %d bytes", name, len(data))
			}
		}
	}
	p.start()
	p.ready()
	p.holds(want)
}

// The API server dies and comes back: nothing is removed meanwhile, and what happened in between is caught up with.
func TestServerDown(t *testing.T) {
	c := cluster.Start(t, cluster.Options{})
	w := newWorldIn(t, c)
	w.create(text("a", "a.json", "A"), text("b", "b.json", "B"))
	p := w.pod("K8S_CONTACT_THRESHOLD_SECONDS=1").ready()
	late := w.podLater()
	p.holds(map[string]string{"a.json": "A", "b.json": "B"})
	c.KillServer()
	p.healthIs("503 NOT LIVE (K8s contact lost)")
	late.start()
	late.healthIs("503 NOT READY")
	p.holds(map[string]string{"a.json": "A", "b.json": "B"})
	if err := c.StartServer(); err != nil {
		t.Fatal(err)
	}
	w.remove(text("a", "", ""))
	p.holds(map[string]string{"b.json": "B"})
	late.ready().holds(map[string]string{"b.json": "B"})
}

// A connection on which packets are dropped is noticed, even with WATCH_CLIENT_TIMEOUT set; a deletion meanwhile is applied.
func TestFrozenConnection(t *testing.T) {
	w := newWorld(t)
	proxy := w.Proxy(t)
	w.create(text("a", "a.json", "A"), text("b", "b.json", "B"))
	p := w.pod("KUBECONFIG="+w.account.Kubeconfig(t, proxy.URL), "WATCH_SERVER_TIMEOUT=2", "WATCH_CLIENT_TIMEOUT=3").ready()
	p.holds(map[string]string{"a.json": "A", "b.json": "B"})
	proxy.Freeze()
	w.remove(text("a", "", ""))
	p.healthIs("503 NOT LIVE (K8s contact lost)")
	p.holds(map[string]string{"a.json": "A", "b.json": "B"})
	proxy.Pass()
	p.holds(map[string]string{"b.json": "B"})
	p.healthIs("200 OK")
}

// A file that cannot be written leaves the others alone, and is written once it can be.
func TestFolderInTheWay(t *testing.T) {
	w := newWorld(t)
	p := w.pod().ready()
	inTheWay := filepath.Join(p.folder, "a.json", "directory")
	if err := os.MkdirAll(inTheWay, 0o755); err != nil {
		t.Fatal(err)
	}
	w.create(text("a", "a.json", "A"), text("b", "b.json", "B"))
	p.says("it is tried again").holds(map[string]string{"b.json": "B"})
	if err := os.RemoveAll(filepath.Dir(inTheWay)); err != nil {
		t.Fatal(err)
	}
	p.holds(map[string]string{"a.json": "A", "b.json": "B"})
}
