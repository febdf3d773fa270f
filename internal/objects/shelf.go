package objects

import "sync"

// Shelf keeps contents in memory for a while, up to a bound: the first ones as they are, the rest compressed. It is safe for concurrent use.
type Shelf[K comparable] struct {
	codec  *codec
	limit  int // bytes in all
	mu     sync.Mutex
	bodies map[K]shelved
	size   int
}

type shelved struct {
	data []byte
	size int // before compression; zero for what is not
}

// NewShelf makes an empty shelf that takes up to limit bytes, a quarter of them uncompressed.
func NewShelf[K comparable](limit int) (*Shelf[K], error) {
	c, err := newCodec(nil)
	if err != nil {
		return nil, err
	}
	return &Shelf[K]{codec: c, limit: limit, bodies: map[K]shelved{}}, nil
}

// Put keeps data, which it holds on to, unless there is no room left.
func (s *Shelf[K]) Put(key K, data []byte) {
	body := shelved{data: data}
	if s.Size()+len(data) > s.limit/4 {
		body = shelved{data: s.codec.enc.EncodeAll(data, nil), size: len(data)}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size+len(body.data) > s.limit {
		return
	}
	s.size += len(body.data) - len(s.bodies[key].data)
	s.bodies[key] = body
}

// Get returns what is kept; nil for nothing. It is shared: do not change it.
func (s *Shelf[K]) Get(key K) []byte {
	s.mu.Lock()
	body := s.bodies[key]
	s.mu.Unlock()
	if body.size == 0 {
		return body.data
	}
	data, err := s.codec.dec.DecodeAll(body.data, make([]byte, 0, body.size))
	if err != nil {
		return nil // it was never outside of this process, so it is as if it had not been kept
	}
	return data
}

// Size is how many bytes are kept.
func (s *Shelf[K]) Size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size
}

// Clear forgets everything.
func (s *Shelf[K]) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodies, s.size = map[K]shelved{}, 0
}
