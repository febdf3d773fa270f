package main

import (
	"fmt"
	"sync"
	"time"
)

// maxFaults bounds how many faults are kept; all are counted.
const maxFaults = 20

// tally counts answers and faults. It is safe for concurrent use.
type tally struct {
	mu      sync.Mutex
	answers map[string]*answers // by what was asked
	faults  []string
	faulty  int
}

// answers of one sort of question.
type answers struct {
	classes [6]int // by the first digit of the status
	dropped int    // hung up on by us
	slowest time.Duration
}

func newTally() *tally { return &tally{answers: map[string]*answers{}} }

// answer counts one answer; one of class 5xx is a fault.
func (t *tally) answer(sort string, status int, took time.Duration) {
	t.mu.Lock()
	a := t.of(sort)
	a.classes[min(status/100, 5)]++
	a.slowest = max(a.slowest, took)
	t.mu.Unlock()
	if status >= 500 {
		t.fault("%s: answer %d", sort, status)
	}
}

func (t *tally) drop(sort string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of(sort).dropped++
}

func (t *tally) of(sort string) *answers {
	if t.answers[sort] == nil {
		t.answers[sort] = &answers{}
	}
	return t.answers[sort]
}

// fault notes something that must not be.
func (t *tally) fault(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faulty++
	if len(t.faults) < maxFaults {
		t.faults = append(t.faults, time.Now().UTC().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
	}
}
