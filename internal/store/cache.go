package store

import (
	"container/list"
	"sync"
)

// cache keeps answered bodies by their ETag, the least recently used going first. ETags name bytes, so nothing in it is ever stale.
type cache struct {
	mu     sync.Mutex
	limit  int64
	size   int64
	order  *list.List // of *cached, most recently used in front
	bodies map[string]*list.Element
}

type cached struct {
	etag string
	body []byte
}

func newCache(limit int64) *cache {
	return &cache{limit: limit, order: list.New(), bodies: map[string]*list.Element{}}
}

func (c *cache) get(etag string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.bodies[etag]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).body, true
}

func (c *cache) put(etag string, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.bodies[etag]; ok || int64(len(body)) > c.limit {
		return
	}
	c.bodies[etag] = c.order.PushFront(&cached{etag, body})
	c.size += int64(len(body))
	for c.size > c.limit {
		last := c.order.Back()
		gone := c.order.Remove(last).(*cached)
		delete(c.bodies, gone.etag)
		c.size -= int64(len(gone.body))
	}
}
