package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// However many connect and wait, who asks is answered; who waits longest goes first.
func TestClientsAreBounded(t *testing.T) {
	const most = 20
	c := newClients(most)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }))
	server.Config.ConnState = c.state
	server.Start()
	defer server.Close()
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(patience))
		return conn
	}
	ask := func(conn net.Conn) error {
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
	first := dial()
	if err := ask(first); err != nil {
		t.Fatal(err)
	}
	for range 5 * most {
		dial()
	}
	if n, err := first.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection that waits longest is still open: %d %v", n, err)
	}
	last := dial()
	for range 3 {
		if err := ask(last); err != nil {
			t.Errorf("who asks is not answered: %v", err)
		}
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		c.mu.Lock()
		open, idle := c.open, c.idle.Len()
		c.mu.Unlock()
		if open <= most && idle <= open {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are open, %d of them idle, want %d at most", open, idle, most)
		}
	}
}
