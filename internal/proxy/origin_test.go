package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestOrigins: pages of others read nothing by sockets, and change nothing.
func TestOrigins(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.AllowOrigin = func(origin string) bool { return origin == "https://friend.example" }
	})
	up := upstream(t, echo)
	w.datasource(up.URL)
	for _, c := range []struct {
		method, headers string
		passes          bool
	}{
		{"POST", "", true},
		{"POST", "Sec-Fetch-Site: same-origin", true},
		{"POST", "Sec-Fetch-Site: none", true},
		{"POST", "Sec-Fetch-Site: cross-site", false},
		{"POST", "Sec-Fetch-Site: same-site", false},
		{"DELETE", "Sec-Fetch-Site: cross-site", false},
		{"GET", "Sec-Fetch-Site: cross-site", true}, // whether the answer can be read is for CORS to say
		{"POST", "Origin: " + w.url, true},
		{"POST", "Origin: http://evil.example", false},
		{"POST", "Origin: null", false},
		{"POST", "Origin: http://perses.example|X-Forwarded-Host: perses.example", true},
		{"POST", "Origin: https://friend.example|Sec-Fetch-Site: cross-site", true},
		{"GET", "Upgrade: websocket|Connection: Upgrade|Origin: http://evil.example", false},
	} {
		a := w.do(c.method, toD, "", strings.FieldsFunc(c.headers, func(r rune) bool { return r == '|' })...)
		if c.passes {
			if a.status != 200 {
				t.Errorf("%s %s: %d %s", c.method, c.headers, a.status, a.body)
			}
			continue
		}
		a.refused(t, 403, "forbidden access: the request comes from a page of another origin")
	}
}

// TestUpgrade: a WebSocket, or any other protocol, passes both ways.
func TestUpgrade(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "shout" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		conn, both, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = both.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n")
		_ = both.Flush()
		for {
			line, err := both.ReadString('\n')
			if err != nil {
				return
			}
			_, _ = both.WriteString(strings.ToUpper(line))
			_ = both.Flush()
		}
	})
	w.datasource(up.URL)
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	must(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "GET "+toD+"/tail HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n")
	must(t, err)
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	must(t, err)
	if resp.StatusCode != 101 || resp.Header.Get("Upgrade") != "shout" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	for _, word := range []string{"one\n", "two\n"} {
		_, err := io.WriteString(conn, word)
		must(t, err)
		if line, err := in.ReadString('\n'); line != strings.ToUpper(word) {
			t.Fatalf("%q, %v", line, err)
		}
	}
}
