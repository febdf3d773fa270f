package artifact

import (
	"context"
	"sync"
)

// budget bounds the bytes that are held in memory: one goroutine takes, another gives back.
type budget struct {
	mu    sync.Mutex
	left  int64
	freed chan struct{} // of one slot: there may be more now
}

func newBudget(n int64) *budget { return &budget{left: n, freed: make(chan struct{}, 1)} }

// take waits until there are n bytes. It is false if ctx ended first.
func (b *budget) take(ctx context.Context, n int64) bool {
	for !b.try(n) {
		select {
		case <-b.freed:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (b *budget) try(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n > b.left {
		return false
	}
	b.left -= n
	return true
}

func (b *budget) give(n int64) {
	b.mu.Lock()
	b.left += n
	b.mu.Unlock()
	select {
	case b.freed <- struct{}{}:
	default:
	}
}
