package cli

import (
	"crypto/tls"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/perseid-dev/perseid/internal/server"
)

// tlsOptions are the flags of Perses that encrypt connections.
type tlsOptions struct{ cert, key, oldest, newest, suites string }

func (o *tlsOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.cert, "web.tls-cert-file", "", "serve TLS with the certificate in `FILE` (PEM), which is read again when it changes")
	flags.StringVar(&o.key, "web.tls-key-file", "", "`FILE` with the key of the certificate")
	flags.StringVar(&o.oldest, "web.tls-min-version", "", "oldest `VERSION` of TLS: 1.2 or 1.3 (default 1.2)")
	flags.StringVar(&o.newest, "web.tls-max-version", "", "newest `VERSION` of TLS: 1.2 or 1.3 (default 1.3)")
	flags.StringVar(&o.suites, "web.tls-cipher-suites", "", "`NAMES` of cipher suites for TLS 1.2, separated by commas (default: those of Go)")
}

// parse is nil where no TLS is asked for. Half of it is an error: plain HTTP instead would fail open (DELIVERY R28).
func (o *tlsOptions) parse() (*server.TLS, error) {
	if *o == (tlsOptions{}) {
		return nil, nil
	}
	if o.cert == "" || o.key == "" {
		return nil, usage(fmt.Errorf("TLS needs both --web.tls-cert-file and --web.tls-key-file"))
	}
	t := &server.TLS{CertFile: o.cert, KeyFile: o.key}
	var err error
	if t.MinVersion, err = tlsVersion("web.tls-min-version", o.oldest); err != nil {
		return nil, err
	}
	if t.MaxVersion, err = tlsVersion("web.tls-max-version", o.newest); err != nil {
		return nil, err
	}
	if t.MaxVersion != 0 && t.MinVersion > t.MaxVersion {
		return nil, usage(fmt.Errorf("--web.tls-min-version %s is newer than --web.tls-max-version %s", o.oldest, o.newest))
	}
	t.CipherSuites, err = cipherSuites(o.suites)
	return t, err
}

// tlsVersion reads a version as people write it (1.2), as Go names it (VersionTLS12), or as Perses does in resources (TLS12). Zero stands for none.
func tlsVersion(flag, text string) (uint16, error) {
	switch strings.TrimPrefix(strings.TrimPrefix(text, "Version"), "TLS") {
	case "":
		return 0, nil
	case "1.2", "12":
		return tls.VersionTLS12, nil
	case "1.3", "13":
		return tls.VersionTLS13, nil
	}
	return 0, usage(fmt.Errorf("--%s %q: expected 1.2 or 1.3; older versions of TLS are not secure and not served", flag, text))
}

// cipherSuites finds suites by their names. Those that are known to be weak are not served.
func cipherSuites(text string) ([]uint16, error) {
	if text == "" {
		return nil, nil
	}
	known, names := map[string]uint16{}, []string{}
	for _, s := range tls.CipherSuites() {
		known[s.Name] = s.ID
		names = append(names, s.Name)
	}
	var suites []uint16
	for _, name := range strings.Split(text, ",") {
		id, ok := known[strings.TrimSpace(name)]
		if !ok {
			return nil, usage(fmt.Errorf("--web.tls-cipher-suites: %q is not known or not secure; expected some of %s", strings.TrimSpace(name), strings.Join(names, ", ")))
		}
		suites = append(suites, id)
	}
	return suites, nil
}
