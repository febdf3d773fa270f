package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/perseid-dev/perseid/internal/source"
)

// memory keeps bodies for as long as the command runs.
type memory map[source.Digest][]byte

// locked implements source.Bodies over a memory.
type locked struct {
	mu sync.Mutex
	memory
}

var _ source.Bodies = (*locked)(nil)

func (l *locked) Has(d source.Digest) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.memory[d]
	return ok
}

func (l *locked) Put(d source.Digest, data []byte, _ bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.memory[d] = bytes.Clone(data)
	return nil
}

func (l *locked) Sync() error { return nil }

func (l *locked) Open(d source.Digest) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	data, ok := l.memory[d]
	if !ok {
		return nil, errors.Join(fmt.Errorf("content %s", d.Short()), fs.ErrNotExist)
	}
	return data, nil
}
