package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// Waits of a command that goes on asking.
const (
	firstRetry = time.Second // after a server did not answer, doubled up to lastRetry
	lastRetry  = 15 * time.Second
)

// follow hands over the sources at once and after each change, and at times without one, until seen is done or fails, or ctx ends:
// then it returns nil. A server that was there and gives no answer is asked again, with a word on standard error; patient, so is one
// that was not there yet.
func (c *client) follow(ctx context.Context, e Env, patient bool, seen func([]delivery.Source) (done bool, err error)) error {
	var (
		sources []delivery.Source
		tag     string
		wait    time.Duration
	)
	for {
		next, err := c.news(ctx, tag, &sources)
		if err == nil {
			var done bool
			if done, err = seen(sources); done && err == nil {
				return nil
			}
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			if tag, wait, patient = next, 0, true; tag == "" {
				sleep(ctx, firstRetry) // whoever strips tags keeps the server from telling when there is news
			}
			continue
		case !patient || !isSilence(err):
			return err
		}
		if tag = ""; wait == 0 {
			fmt.Fprintf(e.Stderr, "perseid: %s; trying again\n", err)
		}
		wait = min(max(2*wait, firstRetry), lastRetry)
		sleep(ctx, wait)
	}
}

// sleep returns after d, or when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
