package scenario

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

func TestR25WritesToWhatIsManaged(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 1)
	w.start()
	w.serves("d00", "1")
	stored := w.get(dashboards + "/d00").body
	w.wants(http.StatusConflict, "", w.do(http.MethodPost, dashboards, dashboardJSON("d00", "2")))
	for _, a := range []answer{w.put("d00", "2"), w.do(http.MethodDelete, dashboards+"/d00", "")} {
		var refusal struct {
			Message string `json:"message"`
			Owner   delivery.Owner
		}
		if err := json.Unmarshal([]byte(a.body), &refusal); err != nil || a.status != http.StatusForbidden {
			t.Fatalf("%d %s", a.status, a.body)
		}
		want := fmt.Sprintf("forbidden access: dashboard p/d00 is managed by src (%s)", w.path("src/d00.yaml"))
		if refusal.Message != want || refusal.Owner.Source != "src" {
			t.Errorf("message %q, owner %+v\nwant    %q", refusal.Message, refusal.Owner, want)
		}
	}
	w.wants(http.StatusOK, "", w.do(http.MethodPut, dashboards+"/d00", stored))
	if got := w.get(dashboards + "/d00").body; got != stored {
		t.Errorf("refused writes change it: %s", got)
	}
}

// Without protection a write counts, as in Perses, until its source declares something else.
func TestR25WithoutProtection(t *testing.T) {
	w := newWorld(t, "src")
	w.set("delivery.protect", false)
	w.fill("src", 1)
	w.start()
	w.serves("d00", "1")
	w.wants(http.StatusOK, "", w.put("d00", "2"))
}

const reconcileSrc = "/api/delivery/v1/sources/src/reconcile"

// Commands are for those who have the token, and where there is none, for programs on this machine that mean it.
func TestR26WhoMayCommand(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 1)
	w.start()
	w.serves("d00", "1")
	w.wants(http.StatusAccepted, "", w.do(http.MethodPost, reconcileSrc, "{}"))
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	w.wants(http.StatusUnsupportedMediaType, "", w.do(http.MethodPost, reconcileSrc, "a=b", form...))
	w.wants(http.StatusForbidden, "", w.do(http.MethodPost, reconcileSrc, "{}", "X-Forwarded-For", "192.0.2.1"))

	token := w.path("token")
	w.must(os.WriteFile(token, []byte("first-token-0123456789\n"), 0o600))
	w.set("delivery.api.token_file", token)
	w.restart()
	w.wants(http.StatusUnauthorized, "", w.do(http.MethodPost, reconcileSrc, "{}"))
	w.wants(http.StatusUnauthorized, "", w.do(http.MethodPost, reconcileSrc, "{}", "Authorization", "Bearer wrong"))
	w.wants(http.StatusAccepted, "", w.do(http.MethodPost, reconcileSrc, "push=event", append(form, "Authorization", "Bearer first-token-0123456789")...))
	w.says(3, "", "reconcile", "src")
	w.says(0, "", "reconcile", "src", "--token-file", token, "--wait")

	w.must(os.WriteFile(token, []byte("second-token-0123456789\n"), 0o600))
	w.eventually("the token that replaced it counts", func() bool {
		return w.do(http.MethodPost, reconcileSrc, "{}", "Authorization", "Bearer second-token-0123456789").status == http.StatusAccepted
	})
	w.wants(http.StatusUnauthorized, "", w.do(http.MethodPost, reconcileSrc, "{}", "Authorization", "Bearer first-token-0123456789"))
	for _, log := range w.logs {
		if text := log.String(); strings.Contains(text, "token-0123456789") {
			t.Error("a token is in the log")
		}
	}
}

// A fresh database is ready once each source was read or failed; meanwhile, and with a filled database at once, it is alive.
func TestR27Ready(t *testing.T) {
	w := newWorld(t, "src", "missing", "restless")
	w.must(os.Remove(w.path("missing")))
	w.fill("src", 3)
	calm := w.restless("restless/a.yaml")
	w.begin()
	w.eventually("it is alive", func() bool { return w.probe("/api/v1/health").status == http.StatusOK })
	ready := w.probe("/readyz")
	w.wants(http.StatusOK, "", w.get("/livez"))
	if pause := calm(); ready.status != http.StatusServiceUnavailable && pause < 40*time.Millisecond {
		t.Errorf("ready before every source was read: %d %s", ready.status, ready.body)
	}
	w.eventually("ready", func() bool { return w.probe("/readyz").status == http.StatusOK })
	if n := w.listed(); n != 3 {
		t.Errorf("%d dashboards are listed when it is ready, want 3", n)
	}
	w.stop()
	w.must(os.Rename(w.path("src"), w.path("away")))
	w.begin()
	begun := time.Now()
	w.eventually("ready", func() bool { return w.probe("/readyz").status == http.StatusOK })
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("a filled database is ready after %s", took)
	}
}

// restless writes a file again and again, so that it never holds still while it is read, until calm is called. Calm says how long it
// held still all the same, at most, since other programs wanted the processor.
func (w *world) restless(path string) (calm func() time.Duration) {
	over, longest := make(chan struct{}), make(chan time.Duration)
	go func() {
		var pause time.Duration
		for last := time.Now(); ; last = time.Now() {
			_ = os.WriteFile(w.path(path), fmt.Append(nil, "# ", last), 0o644) // one that fails shows as a pause
			select {
			case <-over:
				longest <- pause
				return
			case <-time.After(2 * time.Millisecond):
				pause = max(pause, time.Since(last))
			}
		}
	}()
	return func() time.Duration { close(over); return <-longest }
}
