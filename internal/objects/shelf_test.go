package objects

import (
	"bytes"
	"fmt"
	"testing"
)

func TestShelf(t *testing.T) {
	const limit = 64 << 10
	s, err := NewShelf[int](limit)
	if err != nil {
		t.Fatal(err)
	}
	body := func(i int) []byte { return bytes.Repeat(fmt.Appendf(nil, "%d ", i), 2000) } // compresses well
	const many = 100                                                                     // some 600 kB
	for i := range many {
		s.Put(i, body(i))
	}
	for i := range many {
		if got := s.Get(i); !bytes.Equal(got, body(i)) {
			t.Fatalf("body %d came back as %d bytes, want %d", i, len(got), len(body(i)))
		}
	}
	if s.Size() > limit {
		t.Errorf("holds %d bytes, its limit is %d", s.Size(), limit)
	}
	s.Put(many, bytes.Clone(random(limit)))
	if s.Get(many) != nil || s.Get(many+1) != nil {
		t.Error("returned what it had no room for, or never got")
	}
	if s.Clear(); s.Get(0) != nil || s.Size() != 0 {
		t.Error("not empty after Clear")
	}
}

// random is what no compression makes smaller.
func random(n int) []byte {
	x, b := uint32(1), make([]byte, n)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}
	return b
}
