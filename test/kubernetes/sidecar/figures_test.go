package sidecar

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	figures = flag.Bool("figures", false, "measure; the machine should be quiet")
	rest    = flag.Duration("rest", 30*time.Second, "for how long the CPU time of a sidecar with nothing to do is counted")
	hundred = flag.Int("objects", 1000, "ConfigMaps of 50 kB")
)

// TestFigures measures the built program as a container would run it. Nothing fails here: figures are for reading.
func TestFigures(t *testing.T) {
	if !*figures {
		t.Skip("make bench-sidecar measures")
	}
	w := newWorld(t)
	say := func(what string, value any, target string) {
		fmt.Printf("%-58s %-14v target %s\n", what, value, target)
	}
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	say("binary", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), "18 MB")
	idle := w.pod("LOG_LEVEL=INFO").ready()
	time.Sleep(5 * time.Second)
	say("resident, nothing to do", idle.memory("VmRSS"), "17 MB")
	idle.terminate()
	contents := map[string]string{}
	for i := range *hundred {
		name := fmt.Sprintf("dashboard-%04d", i)
		contents[name+".json"] = document(i, 0)
		w.create(text(name, name+".json", contents[name+".json"]))
	}
	var firsts, peaks []float64
	for range 5 {
		before := w.requests()
		p := w.podLater("LOG_LEVEL=INFO")
		start := time.Now()
		p.start()
		p.ready()
		firsts = append(firsts, time.Since(start).Seconds())
		if wrong := compare(contents, files(p.folder)); wrong != "" {
			t.Fatalf("%.300s", wrong)
		}
		peaks = append(peaks, p.megabytes("VmHWM"))
		if len(firsts) == 1 {
			time.Sleep(500 * time.Millisecond) // the audit log is written behind the answers
			say("requests of the first sync", w.requests()-before, "a handful")
		}
		if len(firsts) < 5 {
			p.terminate()
			continue
		}
		slices.Sort(firsts)
		slices.Sort(peaks)
		say(fmt.Sprintf("first sync of %d x 50 kB, start to ready, median of 5", *hundred), fmt.Sprintf("%.2f s", firsts[2]), "0.9 s")
		say("peak resident, worst of 5", fmt.Sprintf("%.1f MB", peaks[4]), "30 MB")
		w.updates(p, say)
		time.Sleep(5 * time.Second)
		say("resident, afterwards", p.memory("VmRSS"), "-")
		cpu := p.cpu()
		time.Sleep(*rest)
		say(fmt.Sprintf("CPU in %v with nothing to do", *rest), (p.cpu() - cpu).Round(time.Millisecond), "none to speak of")
		p.kill()
		start = time.Now()
		p.start()
		p.ready()
		say("start on a filled volume", fmt.Sprintf("%.2f s", time.Since(start).Seconds()), "-")
		p.terminate()
	}
	before := w.requests()
	w.pod("METHOD=LIST", "LOG_LEVEL=INFO").ends()
	time.Sleep(500 * time.Millisecond)
	say("requests of METHOD=LIST, by pages", w.requests()-before, "41 for ConfigMaps")
}

// updates measures from before the request to the API server until the file has the content.
func (w *world) updates(p *pod, say func(string, any, string)) {
	var took, after []float64
	for i := range 200 {
		name := fmt.Sprintf("dashboard-%04d", i%*hundred)
		content := document(i, 1+i)
		path := filepath.Join(p.folder, name+".json")
		start := time.Now()
		w.replace(text(name, name+".json", content))
		answered := time.Now()
		for end := start.Add(patience); time.Now().Before(end); time.Sleep(200 * time.Microsecond) {
			if data, err := os.ReadFile(path); err == nil && string(data) == content {
				break
			}
		}
		took = append(took, float64(time.Since(start).Microseconds())/1000)
		after = append(after, float64(time.Since(answered).Microseconds())/1000)
	}
	slices.Sort(took)
	slices.Sort(after)
	say("ConfigMap updated -> file in place, median of 200", fmt.Sprintf("%.1f ms", took[100]), "-")
	say("  p99", fmt.Sprintf("%.1f ms", took[198]), "50 ms")
	say("  of these, after the API server answered: median, p99", fmt.Sprintf("%.1f, %.1f ms", after[100], after[198]), "-")
}

// document is 50 kB that are no two the same.
func document(seed, version int) string {
	r := rand.New(rand.NewPCG(uint64(seed), uint64(version)))
	var b strings.Builder
	for b.Len() < 50_000 {
		fmt.Fprintf(&b, `{"expr":"rate(http_requests_total{id=\"%d\"}[5m])","legend":"%d"},`, r.Uint64(), version)
	}
	return b.String()[:50_000]
}

func (w *world) requests() int {
	uris, err := w.Requests(w.account.User())
	if err != nil {
		w.Fatal(err)
	}
	return len(uris)
}

func (p *pod) memory(line string) string { return fmt.Sprintf("%.1f MB", p.megabytes(line)) }

// megabytes reads a line of /proc/PID/status.
func (p *pod) megabytes(line string) float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.Fatal(err)
	}
	for l := range strings.Lines(string(data)) {
		if words := strings.Fields(l); len(words) == 3 && words[0] == line+":" {
			kib, _ := strconv.ParseFloat(words[1], 64)
			return kib * 1024 / 1e6
		}
	}
	return 0
}

// cpu is what the kernel charged the process for, all threads that are alive.
func (p *pod) cpu() (total time.Duration) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.cmd.Process.Pid))
	for _, task := range tasks {
		data, _ := os.ReadFile(task)
		spent, _, _ := strings.Cut(string(data), " ")
		ns, _ := strconv.ParseInt(spent, 10, 64)
		total += time.Duration(ns)
	}
	return total
}
