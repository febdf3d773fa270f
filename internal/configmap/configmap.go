// Package configmap writes documents as Kubernetes manifests: one ConfigMap for each, or a Secret for a document that holds secrets.
//
// Two ideas. The name of an object and its key follow from where the document is and from nothing else, so that a change of a document
// changes one manifest, and a chart can give the same names with template functions. And what Kubernetes, kubectl or a sidecar would
// stumble over later is said now: a name too long, two documents of one name, a value too large.
//
// It reads no files and checks no documents, and it does not talk to a cluster: package kube does.
package configmap

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Limits of Kubernetes and of kubectl.
const (
	MaxValue       = 1 << 20   // bytes of all values of an object
	MaxClientApply = 256 << 10 // bytes of an annotation, into which `kubectl apply` puts the whole manifest
)

// maxSlug bounds the readable part of a name, in bytes. With the hash and an extension a key stays below the 253 that are allowed.
const maxSlug = 180

// Options says what is the same in all manifests.
type Options struct {
	Namespace string // empty: not written
	Prefix    string // stands before every path, as a directory would; may be empty
	// Label and Value are what a source of ConfigMaps selects.
	Label, Value string
	Gzip         bool
}

// Document is a document and where it is.
type Document struct {
	Path   string // of the file, relative to the directory, slash-separated
	Index  int    // in the file, from 0
	Body   []byte // JSON
	Secret bool   // its kind holds secrets
}

// Manifest is one object.
type Manifest struct {
	Name string
	Key  string
	Kind string // ConfigMap or Secret
	Path string // of the document's file
	Size int    // bytes of its value, as Kubernetes counts them
	Text []byte // YAML
}

var (
	extension = regexp.MustCompile(`\.(json|yaml|yml)$`)
	unnamable = regexp.MustCompile(`[^a-z0-9]+`)
)

// Name is the name of the object for a document: what is readable of its address, and the start of the address' SHA-256. The address is the
// path below the prefix and, from the second document of a file on, # and the index.
func Name(prefix, path string, index int) string {
	if prefix != "" {
		path = prefix + "/" + path
	}
	address, slug := path, extension.ReplaceAllString(path, "")
	if index > 0 {
		address, slug = fmt.Sprintf("%s#%d", address, index), fmt.Sprintf("%s-%d", slug, index)
	}
	slug = strings.Trim(unnamable.ReplaceAllString(strings.ToLower(slug), "-"), "-")
	slug = strings.TrimSuffix(slug[:min(len(slug), maxSlug)], "-")
	if slug == "" {
		slug = "resource"
	}
	sum := sha256.Sum256([]byte(address))
	return slug + "-" + hex.EncodeToString(sum[:4])
}

// Render writes the manifest of a document.
func Render(d Document, o Options) (Manifest, error) {
	m := Manifest{Name: Name(o.Prefix, d.Path, d.Index), Kind: "ConfigMap", Path: d.Path}
	m.Key = m.Name + ".json"
	if d.Secret {
		m.Kind = "Secret"
	}
	if !o.Gzip {
		text := printable(d.Body)
		m.Size = len(text)
		m.Text = m.write(d, o, map[bool]string{false: "data", true: "stringData"}[d.Secret], "|-\n    "+string(text))
		return m, nil
	}
	packed, err := pack(d.Body)
	if err != nil {
		return m, fmt.Errorf("compress %s: %w", d.Path, err)
	}
	m.Key += ".gz"
	m.Size = len(packed)
	m.Text = m.write(d, o, map[bool]string{false: "binaryData", true: "data"}[d.Secret], base64.StdEncoding.EncodeToString(packed))
	return m, nil
}

func (m Manifest) write(d Document, o Options, field, value string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s\napiVersion: v1\nkind: %s\nmetadata:\n  name: %s\n", Header, from(d), m.Kind, m.Name)
	if o.Namespace != "" {
		fmt.Fprintf(&b, "  namespace: %q\n", o.Namespace)
	}
	fmt.Fprintf(&b, "  labels:\n    %q: %q\n", o.Label, o.Value)
	if m.Kind == "Secret" {
		b.WriteString("type: Opaque\n")
	}
	fmt.Fprintf(&b, "%s:\n  %s: %s\n", field, m.Key, value)
	return b.Bytes()
}

// Header starts every manifest, and says whose it is.
const Header = "# Written by perseid configmaps; change this instead:"

// from names the document on one line.
func from(d Document) string {
	text := d.Path
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029' }) {
		text = fmt.Sprintf("%q", text)
	}
	if d.Index > 0 {
		text += fmt.Sprintf(" (document %d)", d.Index+1)
	}
	return text
}

// printable escapes, in JSON, the characters that YAML does not take as they are. They can only be inside of strings.
func printable(body []byte) []byte {
	return []byte(unprintable.ReplaceAllStringFunc(string(body), func(s string) string {
		return fmt.Sprintf(`\u%04x`, []rune(s)[0])
	}))
}

var unprintable = regexp.MustCompile(`[\x{7f}-\x{9f}\x{2028}\x{2029}\x{feff}\x{fffe}\x{ffff}]`)

// pack compresses; the same bytes give the same result.
func pack(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
