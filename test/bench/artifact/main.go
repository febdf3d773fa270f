// Command artifact measures how artifacts are built, unpacked, pushed and pulled, by the built program on real files:
//
//	go run ./test/bench/artifact -perseid bin/perseid [-n 10000] [-runs 5] [-dir DIR]
//
// The least work there is (read the files one after the other and compress them; and decode them too) is measured in the same run on
// the same files, as processes like the others. Memory is the peak that the kernel counted for the process.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"
)

func main() { os.Exit(run()) }

func run() int {
	if len(os.Args) == 4 && os.Args[1] == bareArgument {
		return runBare(os.Args[2] == "decode", os.Args[3])
	}
	perseid := flag.String("perseid", "bin/perseid", "the program to measure")
	dir := flag.String("dir", "", "where to work; a real disk rather than memory (default: the directory for temporary files)")
	n := flag.Int("n", 10_000, "how many documents, half of them dashboards")
	runs := flag.Int("runs", 5, "how often each is measured")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := measure(ctx, *perseid, *dir, *n, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return 0
}

// row is one thing that is measured. Its arguments are made for each run, since what was written must not be there again.
type row struct {
	name string
	args func(run int) []string
	bare string // the row it is compared with
}

func measure(ctx context.Context, perseid, dir string, n, runs int) (err error) {
	program, err := filepath.Abs(perseid)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp(dir, "bench-artifact-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	in, layout := filepath.Join(work, "in"), filepath.Join(work, "layout")
	bytes, err := fill(in, n)
	if err != nil {
		return err
	}
	fmt.Printf("%d documents, %.1f MB\n\n", n, float64(bytes)/1e6)
	if _, _, err := timed(ctx, program, "artifact", "build", "--no-validate", in, layout); err != nil {
		return err
	}
	at := func(what string, run int) string { return filepath.Join(work, fmt.Sprintf("%s-%d", what, run)) }
	rows := []row{
		{"bare: read, gzip", func(int) []string { return []string{self, bareArgument, "gzip", in} }, ""},
		{"bare: read, decode, gzip", func(int) []string { return []string{self, bareArgument, "decode", in} }, ""},
		{"build --no-validate", func(run int) []string {
			return []string{program, "artifact", "build", "--no-validate", in, at("plain", run)}
		}, "bare: read, gzip"},
		{"build", func(run int) []string { return []string{program, "artifact", "build", in, at("checked", run)} }, "bare: read, decode, gzip"},
		{"unpack", func(run int) []string { return []string{program, "artifact", "unpack", layout, at("out", run)} }, ""},
		{"inspect", func(int) []string { return []string{program, "artifact", "inspect", "-o", "json", layout} }, ""},
	}
	host, stop, err := startRegistry()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := report(ctx, append(rows, registryRows(program, host, in, layout, at)...), runs); err != nil {
		return err
	}
	return follow(ctx, program, host, work, runs)
}

// report runs every row once in each round, so that what else the machine does hits all of them.
func report(ctx context.Context, rows []row, runs int) error {
	times, peak := map[string][]float64{}, map[string]float64{}
	for run := range runs {
		for _, r := range rows {
			args := r.args(run)
			seconds, mib, err := timed(ctx, args[0], args[1:]...)
			if err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
			times[r.name] = append(times[r.name], seconds)
			peak[r.name] = max(peak[r.name], mib)
		}
	}
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\tmedian s\tmin\tmax\tpeak MiB\tratio")
	for _, r := range rows {
		slices.Sort(times[r.name])
		s, ratio := times[r.name], ""
		if r.bare != "" {
			ratio = fmt.Sprintf("%.2f", s[len(s)/2]/times[r.bare][len(s)/2])
		}
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t%.3f\t%.0f\t%s\n", r.name, s[len(s)/2], s[0], s[len(s)-1], peak[r.name], ratio)
	}
	return t.Flush()
}

// timed runs a program and says how long it took and what it had in memory at its peak.
func timed(ctx context.Context, program string, args ...string) (seconds, mib float64, err error) {
	cmd := exec.CommandContext(ctx, program, args...)
	var problems []byte
	begun := time.Now()
	if _, err = cmd.Output(); err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			problems = exit.Stderr
		}
		return 0, 0, fmt.Errorf("%w: %s", err, problems)
	}
	seconds = time.Since(begun).Seconds()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		mib = float64(usage.Maxrss) / 1024
	}
	return seconds, mib, nil
}
