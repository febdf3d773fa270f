package dir

import "time"

// quiet decides when a tree is settled (DELIVERY R15).
type quiet struct {
	settle  time.Duration
	since   time.Time // of the last change, or the first listing; zero while the root cannot be read
	settled bool
	root    place
}

// place is the directory found at the root.
type place struct {
	path     string // resolved
	dev, ino uint64
}

// lost notes that the root cannot be read: everything starts anew when it can.
func (q *quiet) lost() { *q = quiet{settle: q.settle} }

// listed notes a listing, and whether it differed from the one before.
func (q *quiet) listed(now time.Time, root place, changed bool) {
	if q.root.path == root.path && q.root != root {
		q.lost()
	}
	q.root = root
	if q.since.IsZero() || changed && !q.settled {
		q.since = now
	}
	q.settled = q.settled || now.Sub(q.since) >= q.settle
}

// due is when a listing without a change would settle the tree; zero if it is settled or cannot be.
func (q *quiet) due() time.Time {
	if q.settled || q.since.IsZero() {
		return time.Time{}
	}
	return q.since.Add(q.settle)
}
