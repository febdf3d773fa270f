package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// write shows what was inspected: the artifact, its directories, its documents.
func (x inspected) write(w io.Writer, colour paint) {
	rows := [][]string{{"artifact", printable(x.Artifact)}, {"digest", x.Digest.String()}}
	for _, name := range slices.Sorted(maps.Keys(x.Annotations)) {
		rows = append(rows, []string{printable(name[strings.LastIndexByte(name, '.')+1:]), printable(x.Annotations[name])})
	}
	index := x.Index.State
	if x.Index.Why != "" {
		index += ": " + printable(x.Index.Why)
	}
	if n := len(x.Index.Unlisted); n > 0 {
		index += fmt.Sprintf("; %s not listed, so not applied", plural(n, "file"))
	}
	rows = append(rows, []string{"index", index}, []string{"size", fmt.Sprintf("%s in %s, %s unpacked", bytesText(x.Size), plural(len(x.Layers), "layer"), bytesText(x.Bytes))})
	columns(w, rows)
	if len(x.Directories) > 0 {
		fmt.Fprintln(w)
		columns(w, x.directoryRows())
	}
	fmt.Fprintln(w)
	columns(w, x.documentRows())
	for _, d := range x.Documents {
		for _, p := range d.Problems {
			p.Origin = d.Path
			fmt.Fprintf(w, "%s: %s\n", severity(colour, p), printable(p.String()))
		}
	}
	if n := len(x.Others); n > 0 {
		fmt.Fprintf(w, "\n%s no documents: %s\n", plural(n, "other file"), printable(strings.Join(x.Others[:min(n, 10)], ", ")))
	}
}

func (x inspected) directoryRows() [][]string {
	rows := [][]string{{"DIRECTORY", "DOCUMENTS", "INDEX"}}
	for _, d := range x.Directories {
		indexed := "no"
		if d.Indexed {
			indexed = "yes"
		}
		rows = append(rows, []string{printable(d.Name), fmt.Sprint(d.Documents), indexed})
	}
	return rows
}

func (x inspected) documentRows() [][]string {
	rows := [][]string{{"KIND", "PROJECT", "NAME", "PATH"}}
	for _, d := range x.Documents {
		kind, project := d.Kind, d.Project
		if kind == "" {
			kind = "?"
		}
		if project == "" {
			project = "-"
		}
		rows = append(rows, []string{printable(kind), printable(project), printable(d.Name), printable(d.Path)})
	}
	return rows
}
