package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/perseid-dev/perseid/internal/config"
)

// output is the flag -o, which every command with a product has.
type output struct{ format string }

func (o *output) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&o.format, "output", "o", "table", "form of the output: table, json or yaml")
}

func (o *output) validate() error {
	if formats := []string{"table", "json", "yaml"}; !slices.Contains(formats, o.format) {
		return usage(fmt.Errorf("--output %q: expected %s", o.format, strings.Join(formats, ", ")))
	}
	return nil
}

// print writes v as JSON or YAML, or calls table.
func (o *output) print(w io.Writer, v any, table func(w io.Writer)) error {
	switch o.format {
	case "json":
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(v)
	case "yaml":
		text, err := config.YAML(v)
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	}
	table(w)
	return nil
}

// columns writes rows whose cells are aligned.
func columns(w io.Writer, rows [][]string) {
	for _, line := range aligned(rows) {
		fmt.Fprintln(w, line)
	}
}

func aligned(rows [][]string) []string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	t.Flush()
	var lines []string
	for line := range strings.Lines(b.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return lines
}

// paint colours words, if the output is a terminal that wants it.
type paint bool

// paintFor honours NO_COLOR (no-color.org) and TERM=dumb.
func (e Env) paintFor(w io.Writer) paint {
	return paint(e.Getenv("NO_COLOR") == "" && e.onTerminal(w))
}

// onTerminal says whether w is a terminal that knows more than lines.
func (e Env) onTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok || e.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

const (
	red    = "31"
	yellow = "33"
	green  = "32"
	dim    = "2"
)

func (p paint) in(colour, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
