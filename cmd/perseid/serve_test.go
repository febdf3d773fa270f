package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for something that should happen soon.
const patience = 20 * time.Second

// The commands of scripts about a running server. One server runs at a time.
//
//	serve ARGUMENT...             start 'perseid serve' on a free port, and let PERSEID_SERVER say where
//	certificate NAME              write NAME.crt and NAME.key, for 127.0.0.1; PERSEID_SERVER says https where serve has a certificate
//	stop                          interrupt it, and expect that it ends well
//	http METHOD PATH [FILE]       print the answer: status, then body
//	wait-for PATH REGEXP          until the answer of GET matches (with !, no longer does)
//	wait-status REGEXP [FLAG...]  until what 'perseid status' prints matches (with !, no longer does)
func serverCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"serve": serve, "certificate": certificate, "stop": stop, "registry": startRegistry, "http": httpCommand, "wait-for": waitFor, "wait-status": waitStatus,
	}
}

// running is the server of one script.
type running struct{ cmd *exec.Cmd }

type runningKey struct{}

func setup(env *testscript.Env) error {
	env.Values[runningKey{}] = &running{}
	return nil
}

var servingAt = regexp.MustCompile(`msg=serving address=(\S+)`)

func serve(ts *testscript.TestScript, neg bool, args []string) {
	r := ts.Value(runningKey{}).(*running)
	if neg || r.cmd != nil {
		ts.Fatalf("usage: serve ARGUMENT..., once until stop")
	}
	log, err := os.OpenFile(ts.MkAbs("serve.log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	ts.Check(err)
	defer log.Close()
	r.cmd = exec.Command("perseid", append([]string{"serve", "--web.listen-address", "127.0.0.1:0"}, args...)...)
	r.cmd.Env = append(os.Environ(), "PERSEID_CONFIG="+ts.Getenv("PERSEID_CONFIG"))
	r.cmd.Dir, r.cmd.Stdout, r.cmd.Stderr = ts.MkAbs("."), log, log
	ts.Check(r.cmd.Start())
	ts.Defer(func() {
		if r.cmd != nil {
			_ = r.cmd.Process.Kill()
			_ = r.cmd.Wait()
		}
	})
	var found []string
	poll(ts, "the server says where it is serving", func() (bool, string) {
		text := ts.ReadFile("serve.log")
		found = servingAt.FindStringSubmatch(text)
		return found != nil, text
	})
	scheme := "http://"
	if slices.Contains(args, "--web.tls-cert-file") {
		scheme = "https://"
	}
	ts.Setenv("PERSEID_SERVER", scheme+found[1])
}

func certificate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: certificate NAME")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: args[0]}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	ts.Check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	for name, block := range map[string]*pem.Block{".key": {Type: "PRIVATE KEY", Bytes: private}, ".crt": {Type: "CERTIFICATE", Bytes: cert}} {
		ts.Check(os.WriteFile(ts.MkAbs(args[0]+name), pem.EncodeToMemory(block), 0o600))
	}
}

func stop(ts *testscript.TestScript, neg bool, args []string) {
	r := ts.Value(runningKey{}).(*running)
	if neg || len(args) > 0 || r.cmd == nil {
		ts.Fatalf("usage: stop, after serve")
	}
	cmd := r.cmd
	r.cmd = nil
	ts.Check(cmd.Process.Signal(os.Interrupt))
	if err := cmd.Wait(); err != nil {
		ts.Fatalf("the server ended with %v\n%s", err, ts.ReadFile("serve.log"))
	}
}

func httpCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: http METHOD PATH [FILE]")
	}
	body := ""
	if len(args) == 3 {
		body = ts.ReadFile(args[2])
	}
	answer, err := request(ts, args[0], args[1], body)
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), answer)
	ts.Check(err)
}

// request asks the server of the script. The answer is the status and the body, one a line.
func request(ts *testscript.TestScript, method, path, body string) (string, error) {
	req, err := http.NewRequest(method, ts.Getenv("PERSEID_SERVER")+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	answer, err := (&http.Client{Timeout: patience}).Do(req)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	return fmt.Sprintf("%s\n%s\n", answer.Status, data), err
}

func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] wait-for PATH REGEXP")
	}
	wanted := regexp.MustCompile("(?m)" + args[1])
	poll(ts, "GET "+args[0]+" answers as wanted", func() (bool, string) {
		answer, err := request(ts, http.MethodGet, args[0], "")
		return err == nil && wanted.MatchString(answer) != neg, fmt.Sprint(answer, err)
	})
}

func waitStatus(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: [!] wait-status REGEXP [FLAG...]")
	}
	wanted := regexp.MustCompile("(?m)" + args[0])
	poll(ts, "perseid status prints what is wanted", func() (bool, string) {
		cmd := exec.Command("perseid", append([]string{"status", "--server", ts.Getenv("PERSEID_SERVER")}, args[1:]...)...)
		out, err := cmd.CombinedOutput()
		return err == nil && wanted.Match(out) != neg, string(out)
	})
}

// poll asks until the answer is good, and shows the last one if that takes too long.
func poll(ts *testscript.TestScript, what string, good func() (bool, string)) {
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		ok, last := good()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("not within %s: %s; now:\n%s", patience, what, last)
		}
	}
}
