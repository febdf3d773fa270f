package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
)

// figure is one thing that was measured: several values in one unit.
type figure struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"` // ms, MiB or a noun
	Runs   int     `json:"runs"`
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	P99    float64 `json:"p99,omitempty"` // from 50 values on
	// Bare is the median of the bare program, and Ratio how many times more this took; zero where there is none.
	Bare  float64 `json:"bare,omitempty"`
	Ratio float64 `json:"ratio,omitempty"`
}

// bench is one run of this program.
type bench struct {
	options
	work    string
	figures []figure
}

// enoughForP99 is how many values it takes before the last hundredth says anything.
const enoughForP99 = 50

// add records values, and those of the bare program if there are any.
func (b *bench) add(name, unit string, values []float64, bare ...float64) {
	slices.Sort(values)
	slices.Sort(bare)
	f := figure{Name: name, Unit: unit, Runs: len(values), Median: at(values, 0.5), Min: values[0], Max: values[len(values)-1]}
	if len(values) >= enoughForP99 {
		f.P99 = at(values, 0.99)
	}
	if len(bare) > 0 {
		f.Bare = at(bare, 0.5)
		f.Ratio = f.Median / f.Bare
	}
	b.figures = append(b.figures, f)
}

// percentile sorts values and takes one.
func percentile(values []float64, quantile float64) float64 {
	slices.Sort(values)
	return at(values, quantile)
}

// at is the value of a quantile of sorted values: the nearest one, so that it is always a value that was measured.
func at(sorted []float64, quantile float64) float64 {
	return sorted[min(int(quantile*float64(len(sorted))), len(sorted)-1)]
}

func (b *bench) print(w io.Writer) error {
	if b.output == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"cpus": runtime.NumCPU(), "go": runtime.Version(), "small": b.size.small, "large": b.size.large, "figures": b.figures})
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%d CPUs, %s\n\nwhat\tunit\truns\tmedian\tmin\tmax\tp99\tbare\tratio\n", runtime.NumCPU(), runtime.Version())
	for _, f := range b.figures {
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, f.Unit, f.Runs,
			number(f.Median), number(f.Min), number(f.Max), known(f.P99), known(f.Bare), known(f.Ratio))
	}
	return t.Flush()
}

// number prints three digits or so.
func number(v float64) string {
	switch {
	case v >= 100 || v == float64(int(v)):
		return fmt.Sprintf("%.0f", v)
	case v >= 1:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.3f", v)
	}
}

// known prints nothing for what was not measured.
func known(v float64) string {
	if v == 0 {
		return ""
	}
	return number(v)
}
