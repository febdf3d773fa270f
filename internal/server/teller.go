package server

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/notice"
)

// calm is how long the teller waits after it looked: a burst of changes is told of once.
const calm = 200 * time.Millisecond

// maxEventName bounds the part of an Event's name that is the object's; Kubernetes allows 253 bytes for all of it.
const maxEventName = 200

// board is where the status is read.
type board interface {
	Status(documents bool) delivery.Status
	Changed() <-chan struct{}
}

// teller tells authors by Kubernetes Events what became of their ConfigMaps and Secrets. What is told is package notice's to decide.
type teller struct {
	clusters map[string]*kube.Client // by source
	board    board
	log      *slog.Logger
	ledger   *notice.Ledger
	failing  map[string]bool // sources whose authors cannot be told
}

// newTeller is nil where there is nobody to tell.
func newTeller(clusters map[string]*kube.Client, b board, log *slog.Logger) *teller {
	if len(clusters) == 0 {
		return nil
	}
	return &teller{clusters: clusters, board: b, log: log, ledger: notice.NewLedger(), failing: map[string]bool{}}
}

// run tells until ctx ends.
func (t *teller) run(ctx context.Context) {
	for {
		changed := t.board.Changed()
		notices, more := t.ledger.Due(t.board.Status(true).Documents, time.Now())
		for _, n := range notices {
			t.tell(ctx, n)
		}
		later := make(<-chan time.Time)
		if more {
			later = time.After(notice.Pause)
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-later:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(calm):
		}
	}
}

// tell writes one Event. What cannot be told is in the status all the same, so it is not tried again.
func (t *teller) tell(ctx context.Context, n notice.Notice) {
	client := t.clusters[n.Source]
	if client == nil || ctx.Err() != nil {
		return
	}
	err := client.Tell(ctx, report(n, time.Now()))
	if err != nil && ctx.Err() == nil && !t.failing[n.Source] {
		t.log.Warn("authors are not told by Events; perseid needs to be allowed to create events, or set delivery.events.disable", "source", n.Source, "error", err)
	}
	t.failing[n.Source] = err != nil
}

func report(n notice.Notice, at time.Time) kube.Report {
	r := kube.ConfigMaps
	if n.Object.Kind == kube.Secrets.Kind() {
		r = kube.Secrets
	}
	return kube.Report{
		Resource: r, Namespace: n.Object.Namespace, Name: n.Object.Name, UID: n.Object.UID, ID: eventName(n, at),
		Warning: n.Warning(), Reason: string(n.Reason), Message: n.Text, At: at,
	}
}

// eventName names an Event. The first one about an object has the name that a server before this one, or beside it, gave to the same
// text, so that a restart or a replica tells nothing twice.
func eventName(n notice.Notice, at time.Time) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n", n.Source, n.Object.UID, n.Reason, n.Text)
	if n.Again > 0 {
		fmt.Fprintf(h, "%d", at.UnixNano())
	}
	name := n.Object.Name
	if len(name) > maxEventName {
		name = strings.TrimRight(name[:maxEventName], "-.")
	}
	return fmt.Sprintf("%s.%x", name, h.Sum(nil)[:8])
}
