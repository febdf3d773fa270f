package main

import (
	"context"
	"sync"
	"time"
)

// samples is how many are taken, if the time allows one a second.
const samples = 360

// keepCompany edits, writes, reads and samples until the time is over.
func (r *report) keepCompany(ctx context.Context, s *server, d *directory, all []*writer) {
	ctx, cancel := context.WithTimeout(ctx, r.lasts)
	defer cancel()
	var company sync.WaitGroup
	again := func(pause time.Duration, do func()) {
		company.Go(func() {
			for sleep(ctx, pause) && !s.hasEnded() {
				do()
			}
		})
	}
	again(time.Duration(float64(time.Second)/r.edits), func() {
		if err := d.edit(); err != nil {
			r.tally.fault("%v", err)
		}
	})
	for _, w := range all {
		again(writePause, func() { w.write(ctx) })
	}
	for i, reader := range readers(r.dashboards) {
		c := newCaller(s, r.tally, r.seed, uint64(i))
		again(reader.pause, func() { reader.ask(ctx, c) })
	}
	again(max(time.Second, r.lasts/samples), func() {
		now, err := s.sample()
		if err != nil {
			r.tally.fault("sample: %v", err)
			return
		}
		r.samples = append(r.samples, now)
	})
	company.Wait()
	for _, w := range all {
		w.client.CloseIdleConnections()
	}
	r.edited = d.kinds
}
