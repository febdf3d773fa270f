package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificateCheck is how often the files of a certificate are looked at, at most, and only when a client comes.
const certificateCheck = time.Second

// TLS says how connections are encrypted. CertFile and KeyFile are required; the zero value of the rest leaves it to Go.
type TLS struct {
	CertFile, KeyFile      string // PEM; read again when they change
	MinVersion, MaxVersion uint16
	CipherSuites           []uint16 // up to TLS 1.2; those of TLS 1.3 cannot be chosen
}

// certificate is the one that is served. When its files change, themselves or through a symbolic link, it is read again; while
// they hold none that can be used, the one before stays.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	served  *tls.Certificate
	print   [2]filePrint // of the files it was read from
	checked time.Time
	broken  string // what is wrong with the files now; "" for nothing
}

// filePrint tells whether a file is another one. Following links, it sees the swap of a folder that links lead through.
type filePrint struct {
	info os.FileInfo
	size int64
	time time.Time
}

func (p filePrint) same(other filePrint) bool {
	return p.size == other.size && p.time.Equal(other.time) && os.SameFile(p.info, other.info)
}

// openCertificate reads a certificate for the first time; then it must be good.
func openCertificate(t *TLS, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: t.CertFile, keyFile: t.KeyFile, log: log, checked: time.Now()}
	if err := c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

// config is that of the listener.
func (c *certificate) config(t *TLS) *tls.Config {
	return &tls.Config{
		MinVersion: max(t.MinVersion, tls.VersionTLS12), MaxVersion: t.MaxVersion, CipherSuites: t.CipherSuites,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(), nil },
	}
}

// current is the certificate to serve now.
func (c *certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.checked) >= certificateCheck {
		c.checked = now
		c.renew()
	}
	return c.served
}

// state is until when the served certificate is valid, and whether its files hold one that cannot be used.
func (c *certificate) state() (notAfter time.Time, broken bool) {
	served := c.current()
	c.mu.Lock()
	defer c.mu.Unlock()
	return served.Leaf.NotAfter, c.broken != ""
}

// renew reads the files again if they changed, or were broken. It warns once of each thing that is wrong. The caller holds mu.
func (c *certificate) renew() {
	err := c.read()
	switch {
	case errors.Is(err, errSameFiles):
	case err != nil && err.Error() != c.broken:
		c.broken = err.Error()
		c.log.Warn("the TLS certificate on disk cannot be used; the one before is served still",
			"error", err, "served_until", c.served.Leaf.NotAfter.UTC().Format(time.RFC3339))
	case err == nil:
		c.broken = ""
		c.log.Info("serving a new TLS certificate", "subject", c.served.Leaf.Subject.String(), "until", c.served.Leaf.NotAfter.UTC().Format(time.RFC3339))
	}
}

var errSameFiles = errors.New("the files are the same")

// read takes what the files hold, if that is a certificate with its key. The files are looked at before they are read, so that
// what is written meanwhile is found the next time.
func (c *certificate) read() error {
	var prints [2]filePrint
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("read the TLS certificate: %w", err)
		}
		prints[i] = filePrint{info, info.Size(), info.ModTime()}
	}
	if c.served != nil && prints[0].same(c.print[0]) && prints[1].same(c.print[1]) {
		c.broken = "" // files that were put back
		return errSameFiles
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("read the TLS certificate %s with the key %s: %w", c.certFile, c.keyFile, err)
	}
	if left := time.Until(pair.Leaf.NotAfter); left <= 0 {
		c.log.Warn("the TLS certificate has expired: clients will refuse it; renew it", "file", c.certFile, "until", pair.Leaf.NotAfter.UTC().Format(time.RFC3339))
	}
	c.served, c.print = &pair, prints
	return nil
}
