package scenario

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// faces wants the API, the stream of events, the command line and the metrics to tell the same state of a source.
func (w *world) faces(state delivery.State) {
	w.t.Helper()
	w.inState("src", state)
	var report struct{ Sources []delivery.Source }
	w.must(json.Unmarshal([]byte(w.says(0, "", "status", "src", "-o", "json")), &report))
	if len(report.Sources) != 1 || report.Sources[0].State != state {
		w.t.Errorf("perseid status says %+v, want state %s", report.Sources, state)
	}
	w.says(0, string(state), "status", "src")
	w.eventually(fmt.Sprintf("the stream of events tells of %s", state), func() bool {
		told, err := os.ReadFile(w.path("events"))
		last := strings.LastIndex(string(told), `"state":`)
		return err == nil && last >= 0 && strings.HasPrefix(string(told[last:]), fmt.Sprintf(`"state":%q`, state))
	})
	metrics := w.get("/metrics").body
	for _, s := range delivery.States() {
		want := fmt.Sprintf("perseid_source_state{source=\"src\",state=%q} %d\n", s, map[bool]int{true: 1}[s == state])
		if !strings.Contains(metrics, want) {
			w.t.Errorf("metrics lack %s", want)
		}
	}
}

// One truth, whoever asks.
func TestStatusHasOneTruth(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 12)
	w.start()
	events := w.follow()
	w.faces(delivery.Ready)
	w.settled("src")
	w.write("src/d00.yaml", invalid("d00"))
	w.faces(delivery.Degraded)
	w.write("src/d00.yaml", dashboard("d00", "1"))
	for i := 1; i < 11; i++ {
		w.remove("src/" + numbered(i) + ".yaml")
	}
	w.faces(delivery.Held)
	w.says(0, "", "suspend", "src")
	w.faces(delivery.Suspended)
	w.says(0, "", "resume", "src")
	w.says(0, "", "prune", "src", "--confirm", w.inState("src", delivery.Held).Hold.ID)
	w.faces(delivery.Ready)
	w.must(os.Rename(w.path("src"), w.path("away")))
	w.faces(delivery.Failing)
	events()
}

// The end of a pipeline: wait for what was just laid down, and know whether it is served.
func TestStatusWait(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.titled("r1-0001", 2)
	w.start()
	w.says(0, "", "wait", "--source", "src", "--revision", "r1-0001", "--timeout", "20s")
	w.release("r2-0002", func() { w.write("src/d00.yaml", invalid("d00")) })
	w.says(5, "", "wait", "--source", "src", "--revision", "r2-0002", "--timeout", "20s")
	w.titled("r3-0003", 2)
	w.says(0, "", "wait", "--source", "src", "--revision", "r3-0003", "--timeout", "20s")
	begun := time.Now()
	w.says(1, "", "wait", "--source", "src", "--revision", "never-there", "--timeout", "1s")
	if took := time.Since(begun); took < time.Second || took > 10*time.Second {
		t.Errorf("time is up after %s, want 1s", took)
	}
}
