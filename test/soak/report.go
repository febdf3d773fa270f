package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"
)

// report is what one run found.
type report struct {
	options
	tally     *tally
	samples   []sample
	edited    map[string]int
	documents int // compared at the end
}

const (
	warm = 0.25 // of the time, before use is compared
	// What a later half may use more than an earlier one: a part of it, and a little for noise.
	spareRSS, spareCount = 0.08, 0.10
	noiseMiB, noiseCount = 8, 10
	// trusted is the time below which memory is printed and not judged: the garbage collector is still finding its pace.
	trusted = 5 * time.Minute
)

// trend compares the halves of the time after the warm-up by their medians, which single peaks do not move.
type trend struct {
	name                        string
	start, earlier, later, most float64
	limit                       float64
	judged                      bool
}

func (r *report) trends() []trend {
	of := func(name string, value func(sample) float64, spare, noise float64, judged bool) trend {
		var all []float64
		for _, s := range r.samples {
			all = append(all, value(s))
		}
		return compareHalves(name, all, spare, noise, judged)
	}
	long := r.lasts >= trusted
	return []trend{
		of("resident memory, MiB", func(s sample) float64 { return s.rss }, spareRSS, noiseMiB, long),
		of("heap in use, MiB", func(s sample) float64 { return s.heap }, spareRSS, noiseMiB, long),
		of("descriptors", func(s sample) float64 { return s.descriptors }, spareCount, noiseCount, true),
		of("goroutines", func(s sample) float64 { return s.goroutines }, spareCount, noiseCount, true),
	}
}

func compareHalves(name string, all []float64, spare, noise float64, judged bool) trend {
	t := trend{name: name, judged: judged}
	if len(all) < 4 {
		t.judged = false
		return t
	}
	steady := all[int(float64(len(all))*warm):]
	t.start, t.most = all[0], slices.Max(all)
	t.earlier, t.later = median(steady[:len(steady)/2]), median(steady[len(steady)/2:])
	t.limit = t.earlier*(1+spare) + noise
	return t
}

func (t trend) rises() bool { return t.judged && t.later > t.limit }

func (t trend) verdict() string {
	switch {
	case !t.judged:
		return "too short to judge"
	case t.rises():
		return "RISES"
	default:
		return "flat"
	}
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// print prints everything; the error says how many faults there were.
func (r *report) print(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%d dashboards, %s, seed %d, %d samples\n\n", r.dashboards, r.lasts, r.seed, len(r.samples))
	fmt.Fprintln(t, "use\tat first\tearlier half\tlater half\tmost\tlimit\t")
	for _, one := range r.trends() {
		fmt.Fprintf(t, "%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%s\n", one.name, one.start, one.earlier, one.later, one.most, one.limit, one.verdict())
		if one.rises() {
			r.tally.fault("%s: %.0f in the later half, %.0f in the earlier", one.name, one.later, one.earlier)
		}
	}
	fmt.Fprintln(t, "\nasked\t2xx\t3xx\t4xx\t5xx\thung up\tslowest")
	for _, sort := range slices.Sorted(maps.Keys(r.tally.answers)) {
		a := r.tally.answers[sort]
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n", sort, a.classes[2], a.classes[3], a.classes[4], a.classes[5], a.dropped, a.slowest.Round(time.Millisecond))
	}
	fmt.Fprint(t, "\nedits of files:")
	for _, kind := range slices.Sorted(maps.Keys(r.edited)) {
		fmt.Fprintf(t, " %s %d", kind, r.edited[kind])
	}
	fmt.Fprintf(t, "\ndocuments compared at the end in directory, API and database: %d\n", r.documents)
	if err := t.Flush(); err != nil {
		return err
	}
	return r.verdict(out)
}

func (r *report) verdict(out io.Writer) error {
	if r.tally.faulty == 0 {
		fmt.Fprintln(out, "no faults")
		return nil
	}
	for _, fault := range r.tally.faults {
		fmt.Fprintln(out, "fault:", fault)
	}
	return fmt.Errorf("%d faults", r.tally.faulty)
}
