package server

import (
	"container/list"
	"net"
	"net/http"
	"sync"
	"syscall"
)

// mostClients bounds the connections that are open at once: each takes about 20 kB.
const mostClients = 8192

// maxClients leaves a quarter of the descriptors that the process may have to the database and the sources: who only connects must
// not be able to keep others from reading.
func maxClients() int {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return mostClients
	}
	return int(min(mostClients, files.Cur/4*3))
}

// clients bounds how many connections are open. When there are more, the one goes that nobody has asked anything on for longest, so that
// who asks is answered however many only wait.
type clients struct {
	most int

	mu   sync.Mutex
	open int
	idle *list.List // of net.Conn: no request on them now, longest first
	at   map[net.Conn]*list.Element
}

func newClients(most int) *clients {
	return &clients{most: most, idle: list.New(), at: map[net.Conn]*list.Element{}}
}

// state is told of every connection what becomes of it. It is an http.Server's ConnState.
func (c *clients) state(conn net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.at[conn]; ok {
		c.idle.Remove(e)
		delete(c.at, conn)
	}
	switch s {
	case http.StateNew:
		c.open++
		c.at[conn] = c.idle.PushBack(conn)
		if c.open > c.most {
			c.closeOne()
		}
	case http.StateIdle:
		c.at[conn] = c.idle.PushBack(conn)
	case http.StateClosed, http.StateHijacked:
		c.open--
	}
}

// closeOne closes the connection that has been idle for longest: the new one itself, if all others are at work.
// It is counted until the server notices.
func (c *clients) closeOne() {
	e := c.idle.Front()
	conn := e.Value.(net.Conn)
	c.idle.Remove(e)
	delete(c.at, conn)
	_ = conn.Close() // nobody is there to be told
}
