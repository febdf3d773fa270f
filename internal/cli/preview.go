package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/resource"
)

const maxShownFields = 40 // of one resource; -o json shows all

// previewLines writes what would change: one line for each resource, its fields below, and a count.
func previewLines(w io.Writer, colour paint, p delivery.Preview) {
	counts := map[string]int{}
	for _, c := range p.Changes {
		counts[c.Action]++
		id := resource.ID{Kind: c.Kind, Project: c.Project, Name: c.Name}
		fmt.Fprintf(w, "%s %s\n", colour.in(actionColour(c.Action), fmt.Sprintf("%-8s", c.Action)), printable(id.String()))
		fieldLines(w, colour, c.Fields)
	}
	var parts []string
	for _, action := range []string{"created", "updated", "deleted", "released", "retained"} {
		if n := counts[action]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, action))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing would change"}
	}
	fmt.Fprintln(w, strings.Join(parts, ", "))
}

// fieldLines writes each field that differs, with what was and what would be.
func fieldLines(w io.Writer, colour paint, fields []delivery.FieldChange) {
	for i, f := range fields {
		if i == maxShownFields {
			fmt.Fprintf(w, "  … and %s\n", plural(len(fields)-i, "more field"))
			break
		}
		fmt.Fprintf(w, "  %s\n", printable(f.Path))
		if f.Before != "" {
			fmt.Fprintln(w, "    "+colour.in(red, "- "+printable(f.Before)))
		}
		if f.After != "" {
			fmt.Fprintln(w, "    "+colour.in(green, "+ "+printable(f.After)))
		}
	}
}

func actionColour(action string) string {
	switch action {
	case "created":
		return green
	case "deleted":
		return red
	}
	return yellow
}
