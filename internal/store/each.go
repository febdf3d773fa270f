package store

import (
	"errors"
	"sync"
	"sync/atomic"
)

// workers is how many files are read or staged at once. More than processors: they wait for the disk, and synced writes
// side by side share its flushes.
const workers = 8

// each calls f for 0 to n-1, several at once, and waits. After the first error no further calls start; it returns the errors of those made.
func each(n int, f func(i int) error) error {
	if n == 1 {
		return f(0)
	}
	var next atomic.Int64
	var failed atomic.Bool
	errs := make([]error, min(n, workers))
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && !failed.Load(); i = int(next.Add(1)) - 1 {
				if errs[w] = f(i); errs[w] != nil {
					failed.Store(true)
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
