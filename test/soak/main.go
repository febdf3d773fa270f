// Command soak runs perseid for a long time in bad company, and looks whether it is the same afterwards.
//
//	go run ./test/soak -perseid bin/perseid [-for 1h] [-dashboards 2000] [-edits 5]
//
// Three ideas. The built program serves real files while people edit them in every way that comes to mind, programs write other resources
// through the API, and readers come, ask, dawdle and hang up. Somebody knows at every moment what was declared; at the end the edits stop,
// what is broken is mended, and directory, API and the database's files must say the same. And memory, descriptors and goroutines are
// sampled all along: once warm, the later half must not need more than the earlier one.
//
// It is no benchmark: its load is even and light, so that an hour of it shows what an hour does and not what the machine can.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout)) }

func run(args []string, out io.Writer) int {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := o.soak(ctx, out); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		return 1
	}
	return 0
}

// options say how long, and how much of everything.
type options struct {
	perseid, dir string
	lasts        time.Duration
	dashboards   int
	edits        float64 // of files, each second
	seed         uint64
	keep         bool
}

func parse(args []string) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.StringVar(&o.perseid, "perseid", "bin/perseid", "the program")
	flags.StringVar(&o.dir, "dir", "", "where to work; a real disk rather than memory (default: the directory for temporary files)")
	flags.DurationVar(&o.lasts, "for", time.Hour, "how long")
	flags.IntVar(&o.dashboards, "dashboards", 2000, "how many dashboards the directory holds; at least 50")
	flags.Float64Var(&o.edits, "edits", 5, "edits of files each second; one in eight deletes something, and more than half deleted in 10 minutes is held")
	flags.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "of all that is random")
	flags.BoolVar(&o.keep, "keep", false, "leave input, database and log behind")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if o.dashboards < 50 || o.edits <= 0 || o.lasts <= 0 {
		return nil, errors.New("expected at least 50 dashboards, some edits and some time")
	}
	var err error
	o.perseid, err = filepath.Abs(o.perseid)
	return o, err
}

// soak runs everything, prints what came of it, and returns what was wrong.
func (o *options) soak(ctx context.Context, out io.Writer) error {
	work, err := os.MkdirTemp(o.dir, "perseid-soak-")
	if err != nil {
		return err
	}
	if !o.keep {
		defer os.RemoveAll(work)
	}
	fmt.Fprintf(os.Stderr, "soak: %d dashboards for %s in %s, seed %d\n", o.dashboards, o.lasts, work, o.seed)
	d, err := declare(filepath.Join(work, "resources"), o.dashboards, o.seed)
	if err != nil {
		return err
	}
	s, err := start(o.perseid, work, d.dir)
	if err != nil {
		return err
	}
	defer s.kill()
	r := &report{options: *o, tally: newTally()}
	if err := r.live(ctx, s, d); err != nil {
		return fmt.Errorf("%w\n%s", err, s.tail())
	}
	return r.print(out)
}

// live is the life of one server: until it is ready, in company, and compared at its end.
func (r *report) live(ctx context.Context, s *server, d *directory) error {
	if err := s.waitReady(ctx); err != nil {
		return err
	}
	w, err := newWriters(s, r.tally, r.seed)
	if err != nil {
		return err
	}
	if err := r.waitSame(ctx, s, d, w); err != nil {
		return fmt.Errorf("before any edit: %w", err)
	}
	r.keepCompany(ctx, s, d, w)
	if err := d.mend(); err != nil {
		return err
	}
	if err := r.waitSame(ctx, s, d, w); err != nil {
		r.tally.fault("after the last edit: %v", err)
	}
	r.end(s, d, w)
	return nil
}
