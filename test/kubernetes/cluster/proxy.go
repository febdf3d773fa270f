package cluster

import (
	"net"
	"strings"
	"sync"
	"testing"
)

// Proxy stands between a program and the API server, and lets connections pass, freeze or break.
type Proxy struct {
	URL string // what a program is told is the server

	listener net.Listener
	target   string
	done     sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
	thaw  chan struct{} // nil while things pass; closed when they do again
	isCut bool
}

// Proxy starts one, which ends with the test.
func (c *Cluster) Proxy(t testing.TB) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: l, target: strings.TrimPrefix(c.URL, "https://"), URL: "https://" + l.Addr().String(), conns: map[net.Conn]bool{}}
	p.done.Go(p.serve)
	t.Cleanup(func() {
		l.Close()
		p.Pass()
		p.Break()
		p.done.Wait()
	})
	return p
}

func (p *Proxy) serve() {
	for {
		from, err := p.listener.Accept()
		if err != nil {
			return
		}
		if !p.add(from) {
			continue
		}
		to, err := net.Dial("tcp", p.target)
		if err != nil || !p.add(to) {
			from.Close()
			continue
		}
		p.done.Go(func() { p.copy(from, to) })
		p.done.Go(func() { p.copy(to, from) })
	}
}

// add takes note of a connection, unless all are cut off.
func (p *Proxy) add(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isCut {
		c.Close()
		return false
	}
	p.conns[c] = true
	return true
}

func (p *Proxy) copy(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if thaw := p.frozen(); thaw != nil {
			<-thaw
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *Proxy) frozen() chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.thaw
}

// Freeze lets nothing pass any more, in either direction, and closes nothing: packets are dropped, nobody is told.
// Connections that are made meanwhile are accepted and just as silent.
func (p *Proxy) Freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.thaw == nil {
		p.thaw = make(chan struct{})
	}
}

// Cut breaks all connections and refuses new ones.
func (p *Proxy) Cut() {
	p.mu.Lock()
	p.isCut = true
	p.mu.Unlock()
	p.Break()
}

// Pass lets everything pass again. What was frozen breaks: no network keeps packets for long.
func (p *Proxy) Pass() {
	p.mu.Lock()
	thaw := p.thaw
	p.thaw, p.isCut = nil, false
	p.mu.Unlock()
	if thaw != nil {
		p.Break()
		close(thaw)
	}
}

// Break breaks the connections there are.
func (p *Proxy) Break() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
		delete(p.conns, c)
	}
}
