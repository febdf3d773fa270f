package server

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// TestEvents follows a real server: what the stream says comes without asking, and the stream does not keep the server from stopping.
func TestEvents(t *testing.T) {
	w := servingA(t)
	answer, err := http.Get(w.base + "/api/delivery/v1/events")
	w.must(err)
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	until := func(text string) {
		t.Helper()
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatalf("waiting for %s: %v", text, err)
			}
			if strings.HasPrefix(line, "data: ") && strings.Contains(line, text) {
				return
			}
		}
	}
	until(`"state":"` + string(delivery.Ready) + `"`)
	w.write("b.yaml", "kind: Dashboard\nmetadata: {name: b, project: nowhere}\nspec: {}\n")
	until(`"state":"` + string(delivery.Degraded) + `"`)
	w.remove("b.yaml")
	until(`"state":"` + string(delivery.Ready) + `"`)

	start := time.Now()
	w.must(w.stop())
	if took := time.Since(start); took > shutdownTimeout/3 {
		t.Errorf("stopped after %s, with a stream open", took)
	}
	if _, err := io.Copy(io.Discard, lines); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the end of the stream: %v", err)
	}
}
