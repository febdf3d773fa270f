package proxy

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

const (
	// attempts bounds how often a document is looked up anew because it changed while it was read.
	attempts = 5
	// fileCheck is how often files of TLS are read again, at most, and only when somebody asks.
	fileCheck = time.Second
)

// admit asks whether the caller may, and then whether the project is there: someone who may not, learns nothing of it.
func (p *Proxy) admit(r *http.Request, way route) error {
	verb := "read"
	if way.unsaved {
		verb = "create"
	}
	if err := p.sameOrigin(r); err != nil {
		return err
	}
	if err := p.authorize(r, verb, way.kind(), way.project); err != nil {
		return err
	}
	if !way.global && !p.Store.Has(resource.ID{Kind: "Project", Name: way.project}) {
		return problem.New(problem.Invalid, fmt.Sprintf("metadata.project %q doesn't exist", way.project))
	}
	return nil
}

func (p *Proxy) authorize(r *http.Request, verb, kind, project string) error {
	if p.Authorize == nil {
		return nil
	}
	return p.Authorize(r, verb, kind, project)
}

// ready is a target with what only this request may know of it.
type ready struct {
	*target
	files files
}

// find is the target of a route as the documents are now.
func (p *Proxy) find(way route) (ready, error) {
	for range attempts {
		found, err := p.findOnce(way)
		if !errors.Is(err, store.ErrReplaced) {
			return found, err
		}
	}
	return ready{}, problem.New(problem.Unavailable, "the datasource keeps changing, try again")
}

func (p *Proxy) findOnce(way route) (ready, error) {
	document, err := p.document(way)
	if err != nil {
		p.targets.drop(way.key())
		return ready{}, missing(err, way, "datasource doesn't exist")
	}
	if h, ok := p.targets.get(way.key()); ok && h.document == document.Hash && h.fresh(time.Now()) {
		secret, err := p.secretEntry(way, h.target.secret)
		if err != nil {
			return ready{}, err
		}
		if h.secret == hashOf(secret) {
			return p.ready(h.target, secret), nil
		}
	}
	return p.build(way, document)
}

// fresh says whether files need no second look.
func (h *held) fresh(now time.Time) bool {
	return h.target.credentials == nil || !h.target.credentials.tls.files() || now.Sub(h.checked) < fileCheck
}

// document is the entry that holds the datasource: its own, or that of a dashboard. A preview of a dashboard has datasources too.
func (p *Proxy) document(way route) (*store.Entry, error) {
	if way.dashboard == "" {
		return p.Store.Get(resource.ID{Kind: way.kind(), Project: way.project, Name: way.name})
	}
	id := resource.ID{Kind: "Dashboard", Project: way.project, Name: way.dashboard}
	entry, err := p.Store.Get(id)
	if err == nil || problem.ClassOf(err) != problem.NotFound || p.Disabled["EphemeralDashboard"] {
		return entry, err
	}
	id.Kind = "EphemeralDashboard"
	return p.Store.Get(id)
}

// secretEntry is the entry of the secret that a datasource names, nil if it names none.
func (p *Proxy) secretEntry(way route, name string) (*store.Entry, error) {
	if name == "" {
		return nil, nil
	}
	entry, err := p.Store.Get(way.secret(name))
	if err != nil {
		return nil, missing(err, way, fmt.Sprintf("secret %q attached doesn't exist", name))
	}
	return entry, nil
}

// missing says what is not there, in the words of Perses.
func missing(err error, way route, what string) error {
	if problem.ClassOf(err) != problem.NotFound {
		return err
	}
	return &problem.Failure{Class: problem.NotFound, Detail: fmt.Sprintf("unable to forward the request to the datasource %q, %s", way.name, what), Err: err}
}

func hashOf(secret *store.Entry) [32]byte {
	if secret == nil {
		return [32]byte{}
	}
	return secret.Hash
}

// build makes a target of the documents, or finds that the one that is kept is as it should be.
func (p *Proxy) build(way route, document *store.Entry) (ready, error) {
	now := time.Now()
	r, err := p.Store.Read(document)
	if err != nil {
		return ready{}, err
	}
	spec := &r.Spec
	if way.dashboard != "" {
		if spec = r.Spec.Get("datasources", way.name); spec == nil {
			p.targets.drop(way.key())
			return ready{}, missing(problem.New(problem.NotFound, ""), way, "datasource doesn't exist")
		}
	}
	made, secret, err := p.make(way, spec)
	if err != nil {
		p.targets.drop(way.key())
		return ready{}, err
	}
	if h, ok := p.targets.get(way.key()); ok && h.target.print == made.print {
		made = h.target
	}
	p.targets.put(held{key: way.key(), document: document.Hash, secret: hashOf(secret), checked: now, target: made})
	return p.ready(made, secret), nil
}

// make makes a target of a datasource's spec, with the entry of its secret.
func (p *Proxy) make(way route, spec *resource.Value) (*target, *store.Entry, error) {
	d, err := define(spec)
	if err != nil {
		return nil, nil, err
	}
	secret, err := p.secretEntry(way, d.secret)
	if err != nil {
		return nil, nil, err
	}
	var c *credentials
	if secret != nil {
		document, err := p.Store.Read(secret)
		if err != nil {
			return nil, nil, err
		}
		if c, err = readSecret(document); err != nil {
			return nil, nil, err
		}
	}
	var resolved tlsSettings
	if c != nil {
		if resolved, err = c.tls.resolve(p.filesOf(c, secret)); err != nil {
			return nil, nil, err
		}
	}
	t, err := p.newTarget(d, c, resolved)
	return t, secret, err
}

func (p *Proxy) ready(t *target, secret *store.Entry) ready {
	return ready{t, p.filesOf(t.credentials, secret)}
}

// filesOf says what the values of a secret may name now: whose a secret is can change while it does not.
func (p *Proxy) filesOf(c *credentials, secret *store.Entry) files {
	if c == nil {
		return files{}
	}
	return files{secret: c.name, directories: p.SecretDirectories, trusted: c.files() && p.Trusted != nil && p.Trusted(secret)}
}
