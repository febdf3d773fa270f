package sidecar

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Upstream removes the file it wrote a moment before when a key moves, or loses its .url.
func TestKeysThatMove(t *testing.T) {
	w := newWorld(t)
	d := w.dummy()
	w.create(object{name: "a", binary: map[string][]byte{"x.json": []byte("binary")}}, text("u", "y.txt.url", d.URL+"/200"))
	p := w.pod("IGNORE_ALREADY_PROCESSED=true").ready()
	p.holds(map[string]string{"x.json": "binary", "y.txt": "200"})
	w.replace(text("a", "x.json", "text"), text("u", "y.txt", "plain"))
	p.holds(map[string]string{"x.json": "text", "y.txt": "plain"})
	w.replace(object{name: "a", binary: map[string][]byte{"x.json": []byte("binary")}}, text("u", "y.txt.url", d.URL+"/200"))
	p.holds(map[string]string{"x.json": "binary", "y.txt": "200"})
}

// R8: the oldest object has a path whatever happens, without flapping; when it goes the other's content returns.
func TestR8TwoClaimants(t *testing.T) {
	w := newWorld(t)
	w.create(text("older", "x.json", "older"))
	time.Sleep(1100 * time.Millisecond) // creation is counted in seconds
	p := w.pod("WATCH_SERVER_TIMEOUT=1", "SCRIPT="+script(t, "#!/bin/sh\necho ran\n")).ready()
	w.create(text("a-younger", "x.json", "younger"))
	p.says("is taken by the older " + w.namespace + "/configmap/older:x.json")
	p.holds(map[string]string{"x.json": "older"})
	w.remove(text("older", "", ""))
	p.holds(map[string]string{"x.json": "younger"})
	w.remove(text("a-younger", "", ""))
	p.holds(map[string]string{})
}

func TestURLValues(t *testing.T) {
	w := newWorld(t)
	d := w.dummy()
	w.create(text("u", "u.txt.url", d.URL+"/200"), text("v", "v.txt.url", d.URL+"/static/kubelogo.png"))
	p := w.pod("ALLOWED_URLS="+d.URL+"/200", "WATCH_SERVER_TIMEOUT=1").ready()
	p.holds(map[string]string{"u.txt": "200", "v.txt": ""})
	p.says("ALLOWED_URLS does not list it")
	// A file keeps its content when its URL fails; that of the .url before, too.
	d.Close()
	p.says("Max retries exceeded for URL")
	p.holds(map[string]string{"u.txt": "200", "v.txt": ""})
	p.kill()
	p.start()
	p.ready().holds(map[string]string{"u.txt": "200", "v.txt": ""})
	w.remove(text("u", "", ""))
	p.holds(map[string]string{"v.txt": ""})
}

func TestFolders(t *testing.T) {
	w := newWorld(t)
	outside, allowed := filepath.Join(t.TempDir(), "outside"), filepath.Join(t.TempDir(), "allowed")
	in := func(name, directory string) object {
		o := text(name, name+".json", name)
		o.directory = directory
		return o
	}
	w.create(in("absolute", outside), in("listed", allowed+"/deep"), in("climbs", "../climbs"), in("relative", "sub"))
	free := w.pod().ready()
	free.says("leads out of FOLDER").holds(map[string]string{"sub/relative.json": "relative"})
	w.eventually(func() string { return compare(map[string]string{"absolute.json": "absolute"}, files(outside)) })
	w.eventually(func() string { return compare(map[string]string{"deep/listed.json": "listed"}, files(allowed)) })
	free.kill()
	if err := os.RemoveAll(outside); err != nil {
		t.Fatal(err)
	}
	strict := w.pod("ALLOWED_FOLDERS=" + allowed).ready()
	strict.says("absolute.json: refused").says("climbs.json: refused").holds(map[string]string{"sub/relative.json": "relative"})
	if got := files(outside); len(got) > 0 {
		t.Errorf("written outside: %v", got)
	}
	w.remove(in("listed", ""))
	w.eventually(func() string { return compare(map[string]string{}, files(allowed)) })
}

// Who may label a ConfigMap does not thereby run programs: what the sidecar itself runs and reads is never written.
func TestScriptIsNotOverwritten(t *testing.T) {
	w := newWorld(t)
	path := script(t, "#!/bin/sh\necho ran\n")
	o := text("evil", "script", "#!/bin/sh\necho evil\n")
	o.directory = filepath.Dir(path)
	w.create(o)
	p := w.pod("SCRIPT=" + path).ready()
	p.says("is a file this program depends on")
	w.create(text("a", "a.json", "A"))
	p.says("stdout: ran")
	if data, _ := os.ReadFile(path); string(data) != "#!/bin/sh\necho ran\n" {
		t.Errorf("the script is %q now", data)
	}
}

// R38: the index lists every file with its origin, so that a server that reads the directory can tell whose it is.
func TestR38Index(t *testing.T) {
	w := newWorld(t)
	w.create(text("a", "a.json", "A"))
	p := w.pod("LABEL_VALUE=").ready()
	p.holds(map[string]string{"a.json": "A"})
	p.eventually(func() string {
		data, err := os.ReadFile(filepath.Join(p.folder, "perseid.index"))
		if err != nil {
			return err.Error()
		}
		var x struct {
			Complete bool
			Label    string
			Files    []struct{ Path, Origin string }
			Pending  []any
		}
		if err := json.Unmarshal(data, &x); err != nil {
			return err.Error()
		}
		if !x.Complete || x.Label != "findme" || len(x.Files) != 1 || x.Files[0].Origin != w.namespace+"/configmap/a:a.json" || len(x.Pending) > 0 {
			return string(data)
		}
		return ""
	})
}
