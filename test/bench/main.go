// Command bench measures perseid as people run it: the built program, real files, HTTP on loopback.
//
//	go run ./test/bench -perseid bin/perseid [-quick] [-o table|json] [-run NAME]
//
// Times are wall clock seen from outside, CPU and memory are what the kernel counted for the process. Each figure is a median of several runs.
// Where a figure can be compared with the least work there is, the bare program (read, parse, encode, write, fsync; see bare.go)
// is measured in the same run on the same files, so that the ratio holds on any machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

func main() { os.Exit(run()) }

func run() int {
	if len(os.Args) > 1 && os.Args[1] == bareArgument {
		return runBare(os.Args[2:])
	}
	if len(os.Args) > 1 && os.Args[1] == emptyArgument {
		return runEmpty(os.Args[2:])
	}
	if len(os.Args) > 1 && os.Args[1] == leastArgument {
		return runLeast(os.Args[2:])
	}
	o, err := parse()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := o.measure(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return 0
}

// options say what is measured, and how much of it.
type options struct {
	perseid, dir, output string
	only                 *regexp.Regexp
	keep                 bool
	size                 size
}

// size is how much is measured.
type size struct {
	small, large int           // dashboards
	runs         int           // of whole starts
	scans        int           // reconciles between two readings of the CPU time
	changes      int           // single edits
	lists, gets  int           // requests
	rest         time.Duration // after which memory is looked at again
	rate         time.Duration // of requests at a steady rate, each time
	storm        time.Duration // of reading while everything changes
}

func parse() (*options, error) {
	o := &options{size: size{small: 1000, large: 10000, runs: 5, scans: 20, changes: 200, lists: 20, gets: 2000, rest: 15 * time.Second, rate: 4 * time.Second, storm: time.Minute}}
	flag.StringVar(&o.perseid, "perseid", "bin/perseid", "the program to measure")
	flag.StringVar(&o.dir, "dir", "", "where to work; a real disk rather than memory (default: the directory for temporary files)")
	flag.StringVar(&o.output, "o", "table", "table or json")
	flag.BoolVar(&o.keep, "keep", false, "leave input and databases behind")
	only := flag.String("run", "", "measure only groups whose name matches this expression: load, steady, large, yaml, memory, storm, proxy")
	quick := flag.Bool("quick", false, "a tenth of the size and fewer runs: to see that it works, not to quote")
	flag.Parse()
	if *quick {
		o.size = size{small: 100, large: 1000, runs: 3, scans: 5, changes: 5, lists: 5, gets: 100, rest: time.Second, rate: time.Second, storm: 3 * time.Second}
	}
	if o.output != "table" && o.output != "json" {
		return nil, fmt.Errorf("-o %s: expected table or json", o.output)
	}
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		return nil, fmt.Errorf("-run: %w", err)
	}
	o.perseid, err = filepath.Abs(o.perseid)
	return o, err
}

// measure runs the groups and prints what they found. Figures of groups before one that failed are printed too.
func (o *options) measure(ctx context.Context) error {
	work, err := os.MkdirTemp(o.dir, "perseid-bench-")
	if err != nil {
		return err
	}
	if !o.keep {
		defer os.RemoveAll(work)
	}
	b := &bench{options: *o, work: work}
	groups := []struct {
		name string
		run  func(context.Context) error
	}{{"load", b.load}, {"memory", b.sizes}, {"steady", b.steady}, {"large", b.large}, {"yaml", b.yaml}, {"storm", b.reload}, {"proxy", b.proxied}}
	for _, g := range groups {
		if !o.only.MatchString(g.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "bench: %s in %s\n", g.name, work)
		if err = g.run(ctx); err != nil {
			err = fmt.Errorf("%s: %w", g.name, err)
			break
		}
	}
	if printErr := b.print(os.Stdout); err == nil {
		err = printErr
	}
	return err
}
