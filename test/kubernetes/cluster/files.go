package cluster

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Files in the directory of a cluster.
const (
	keyFile    = "service-account.key"
	tokenFile  = "tokens.csv"
	adminFile  = "admin.token"
	policyFile = "audit-policy.yaml"
	auditFile  = "audit.log"
)

// adminToken is that of whoever makes objects in tests.
const adminToken = "the-admin-of-a-test"

// policy notes every request about the objects that programs read, once, when it arrives.
const policy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [ResponseStarted, ResponseComplete, Panic]
rules:
- level: Metadata
  resources: [{group: "", resources: [configmaps, secrets, events]}]
- level: None
`

func (c *Cluster) writeFiles() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	for name, data := range map[string]string{
		keyFile: string(pem.EncodeToMemory(block)), tokenFile: adminToken + ",admin,admin,\"system:masters\"\n", adminFile: adminToken, policyFile: policy,
	} {
		if err := os.WriteFile(filepath.Join(c.dir, name), []byte(data), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Kubeconfig writes a kubeconfig that reaches a server (URL of the cluster, or of a Proxy) with the token in a file, and gives its path.
func (c *Cluster) Kubeconfig(server, tokenFile string) (string, error) {
	f, err := os.CreateTemp(c.dir, "kubeconfig-*")
	if err != nil {
		return "", err
	}
	defer f.Close()
	_, err = fmt.Fprintf(f, `apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: test}}]
clusters: [{name: test, cluster: {server: %q, certificate-authority: %q}}]
users: [{name: test, user: {tokenFile: %q}}]
`, server, c.CA, tokenFile)
	return f.Name(), err
}

// AdminKubeconfig writes a kubeconfig of who may do everything, and gives its path.
func (c *Cluster) AdminKubeconfig() (string, error) {
	return c.Kubeconfig(c.URL, filepath.Join(c.dir, adminFile))
}

// ServiceAccountKey is the file of the key that signs the tokens of service accounts.
func (c *Cluster) ServiceAccountKey() string { return filepath.Join(c.dir, keyFile) }

// Requests are those a user made about ConfigMaps, Secrets and Events since the server was first started, in order: their URIs.
func (c *Cluster) Requests(user string) ([]string, error) {
	data, err := os.ReadFile(filepath.Join(c.dir, auditFile))
	if err != nil {
		return nil, err
	}
	var uris []string
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, `"username":"`+user+`"`) {
			_, rest, _ := strings.Cut(line, `"requestURI":"`)
			uri, _, _ := strings.Cut(rest, `"`)
			uris = append(uris, strings.ReplaceAll(uri, `\u0026`, "&"))
		}
	}
	return uris, nil
}
