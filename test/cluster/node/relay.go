package node

import (
	"io"
	"net"
	"sync"
)

// relay passes connections of pods to an address on to whoever is behind it, as the rules of kube-proxy would. While nobody is it breaks them.
type relay struct {
	listener net.Listener
	target   func() (string, error)
	running  sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
}

func startRelay(address string, target func() (string, error)) (*relay, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	r := &relay{listener: l, target: target, conns: map[net.Conn]bool{}}
	r.running.Go(func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			r.running.Go(func() { r.pass(from) })
		}
	})
	return r, nil
}

// Close breaks all connections.
func (r *relay) Close() {
	_ = r.listener.Close() // once is enough
	r.mu.Lock()
	for c := range r.conns {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.running.Wait()
}

func (r *relay) pass(from net.Conn) {
	target, err := r.target()
	if err != nil {
		_ = from.Close()
		return
	}
	to, err := net.Dial("tcp", target)
	if err != nil {
		_ = from.Close()
		return
	}
	r.mu.Lock()
	r.conns[from], r.conns[to] = true, true
	r.mu.Unlock()
	var both sync.WaitGroup
	for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
		both.Go(func() {
			_, _ = io.Copy(pair[0], pair[1]) // broken is broken, from either side
			_ = from.Close()
			_ = to.Close()
		})
	}
	both.Wait()
	r.mu.Lock()
	delete(r.conns, from)
	delete(r.conns, to)
	r.mu.Unlock()
}
