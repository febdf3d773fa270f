package oci

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/artifact/verify"
	"github.com/perseid-dev/perseid/internal/source"
)

// poller asks a registry again and again. It is used by one goroutine.
type poller struct {
	o    Options
	repo *registry.Repository
	last *pulled // the version that was read last; nil for none
}

// poll finds what is there now. What goes wrong is in the snapshot.
func (p *poller) poll(ctx context.Context, full bool) *source.Snapshot {
	ctx, cancel := context.WithTimeoutCause(ctx, pollTimeout, fmt.Errorf("the registry takes longer than %s", pollTimeout))
	defer cancel()
	s, err := p.read(ctx, full)
	if err != nil {
		p.o.Log.Warn("artifact cannot be read", "source", p.o.Name, "error", err)
		return unread(p.o.Name, err.Error())
	}
	return s
}

func (p *poller) read(ctx context.Context, full bool) (*source.Snapshot, error) {
	at, err := p.resolve(ctx)
	if err != nil {
		return nil, err
	}
	trusted, err := p.trust(ctx, at.Descriptor)
	if err != nil {
		return nil, err
	}
	if full || p.last == nil || p.last.Digest != at.Digest {
		started := time.Now()
		got, err := p.pull(ctx, at)
		if err != nil {
			return nil, err
		}
		p.last = got
		p.remember()
		p.o.Log.Info("artifact pulled", "source", p.o.Name, "tag", at.tag, "digest", at.Digest, "files", len(got.Files), "took", time.Since(started))
	}
	p.last.trusted = trusted
	return p.snapshot(at), nil
}

// resolve finds the manifest to serve, once. A digest is what it is, and asked for only to learn its size and type.
func (p *poller) resolve(ctx context.Context) (named, error) {
	n := named{tag: p.o.Reference.Tag}
	target := p.o.Reference.Target()
	switch {
	case p.o.Range != nil:
		tags, err := p.repo.Tags(ctx)
		if err != nil {
			return n, err
		}
		tag, ok := p.o.Range.Newest(tags)
		if !ok {
			return n, fmt.Errorf("none of the %d tags of %s is a version in %s", len(tags), p.repo.Name(), p.o.Range)
		}
		n.tag, target = tag, tag
	case !p.o.Reference.Digest.IsZero():
		n.tag = ""
		if p.last != nil {
			n.Descriptor = p.last.Manifest
			return n, nil
		}
	default:
		n.tag = target
	}
	d, err := p.repo.Resolve(ctx, target)
	n.Descriptor = d
	return n, err
}

// trusted is what was found of signatures.
type trusted struct {
	keys []string // that they were looked for by
	by   string   // that signed it; "" for none
	note string   // why there is none that holds, where none is required
}

// trust wants a signature of the digest by one of the keys. What was found is asked for again when the keys or the digest change.
func (p *poller) trust(ctx context.Context, d artifact.Descriptor) (t trusted, err error) {
	if len(p.o.Trust.Keys) == 0 {
		return t, nil
	}
	keys, err := readKeys(p.o.Trust.Keys)
	if err != nil {
		return t, err
	}
	t.keys = ids(keys)
	if last := p.last; last != nil && last.Digest == d.Digest && last.trusted.note == "" && slices.Equal(last.trusted.keys, t.keys) {
		return last.trusted, nil
	}
	found, err := verify.Check(ctx, p.repo, d, keys)
	if err == nil {
		t.by = found.Key.ID()
		return t, nil
	}
	if !p.o.Trust.Optional {
		return t, fmt.Errorf("not served: %w", err)
	}
	t.note = err.Error() + "; it is served all the same, since a signature is not required"
	return t, nil
}

// Admits says whether a version that was served before may be served again, by the key that signed it then: an error unless it still
// counts. No registry is asked, which may be what one goes back for.
func (s *Source) Admits(key string) error {
	if len(s.o.Trust.Keys) == 0 || s.o.Trust.Optional {
		return nil
	}
	keys, err := readKeys(s.o.Trust.Keys)
	if err != nil {
		return err
	}
	if key == "" || !slices.Contains(ids(keys), key) {
		return errors.New("none of the keys that count now is known to have signed it; sign it with one and offer it again, or list its key under verify.keys")
	}
	return nil
}

func ids(keys []verify.PublicKey) (ids []string) {
	for _, key := range keys {
		ids = append(ids, key.ID())
	}
	return ids
}

func readKeys(files []string) (keys []verify.PublicKey, err error) {
	for _, file := range files {
		data, err := readFile(file)
		if err != nil {
			return nil, fmt.Errorf("read key to verify with: %w", err)
		}
		read, err := verify.ParsePublicKeys(file, data)
		if err != nil {
			return nil, fmt.Errorf("key to verify with: %w", err)
		}
		keys = append(keys, read...)
	}
	return keys, nil
}

func readFile(name string) (data []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, verify.MaxKeyBytes+1))
}
