package proxy

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// maxSecretFile bounds a file that a secret names, in bytes.
const maxSecretFile = 64 << 10

// credentials are what a secret says (perses.md §1.10). At most one of basic, bearer and oauth is there.
type credentials struct {
	name   string // of the secret, for sentences
	basic  *basic
	bearer *bearer
	oauth  *oauth
	tls    tlsSettings
}

type basic struct {
	user     string
	password value
}

type bearer struct {
	scheme string
	token  value
}

// value is a text, or the file that holds it.
type value struct{ text, file string }

func (v value) empty() bool { return v.text == "" && v.file == "" }

// readSecret reads the decrypted document of a secret.
func readSecret(r *resource.Resource) (*credentials, error) {
	c := &credentials{name: r.Metadata.Name}
	of := func(block *resource.Value, text, file string) value { return value{block.Str(text), block.Str(file)} }
	used := 0
	if b := r.Spec.Get("basicAuth"); b != nil && b.Type == resource.Object {
		c.basic, used = &basic{b.Str("username"), of(b, "password", "passwordFile")}, used+1
	}
	if b := r.Spec.Get("authorization"); b != nil && b.Type == resource.Object {
		c.bearer, used = &bearer{b.Str("type"), of(b, "credentials", "credentialsFile")}, used+1
	}
	if b := r.Spec.Get("oauth"); b != nil && b.Type == resource.Object {
		c.oauth, used = readOAuth(b, of(b, "clientSecret", "clientSecretFile")), used+1
	}
	if used > 1 {
		return nil, undefined(fmt.Errorf("secret %q has more than one of basicAuth, authorization and oauth", c.name))
	}
	if b := r.Spec.Get("tlsConfig"); b != nil {
		c.tls = readTLS(b, of)
	}
	return c, nil
}

// files says whether the secret names any.
func (c *credentials) files() bool {
	named := c.tls.files()
	switch {
	case c.basic != nil:
		named = named || c.basic.password.file != ""
	case c.bearer != nil:
		named = named || c.bearer.token.file != ""
	case c.oauth != nil:
		named = named || c.oauth.secret.file != ""
	}
	return named
}

// authorization is the header that the secret stands for, "" for none. That of OAuth is asked for elsewhere.
func (c *credentials) authorization(f files) (string, error) {
	switch {
	case c == nil:
		return "", nil
	case c.basic != nil:
		password, err := f.read(c.basic.password)
		if err != nil {
			return "", err
		}
		return basicAuthorization(c.basic.user, password), nil
	case c.bearer != nil && !c.bearer.token.empty():
		token, err := f.read(c.bearer.token)
		if err != nil {
			return "", err
		}
		return c.bearer.scheme + " " + token, nil
	}
	return "", nil
}

func basicAuthorization(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// files reads what values name, from allow-listed directories only (DELIVERY R34). The zero value reads nothing.
type files struct {
	secret      string // for sentences
	directories []string
	trusted     bool
}

// read gives the text of a value. White space around that of a file does not belong to it.
func (f files) read(v value) (string, error) {
	if v.file == "" {
		return v.text, nil
	}
	if !f.trusted {
		return "", f.refuse("names a file, and files are read only for a secret that a source delivered and nobody else may write")
	}
	for _, dir := range f.directories {
		name, err := filepath.Rel(dir, v.file)
		if err != nil || !filepath.IsLocal(name) {
			continue
		}
		text, err := readWithin(dir, name)
		if err != nil {
			return "", &problem.Failure{Class: problem.Upstream, Detail: fmt.Sprintf("secret %q names a file that cannot be read", f.secret), Err: err}
		}
		return text, nil
	}
	return "", f.refuse("names a file outside of delivery.proxy.secret_directories")
}

func (f files) refuse(why string) error {
	return problem.New(problem.Forbidden, fmt.Sprintf("secret %q %s", f.secret, why))
}

// readWithin follows links, as those that Kubernetes makes, as long as they stay within the directory.
func readWithin(dir, name string) (string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	info, err := root.Stat(name)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for whoever writes into it
		return "", fmt.Errorf("%s is not a regular file", name)
	}
	file, err := root.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	if err == nil && len(data) > maxSecretFile {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxSecretFile)
	}
	return strings.TrimSpace(string(data)), err
}
