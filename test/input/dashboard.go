package input

import (
	"fmt"
	"math/rand/v2"
)

type dashboard struct {
	Display   display     `json:"display" yaml:"display"`
	Variables []component `json:"variables" yaml:"variables"`
	Panels    panels      `json:"panels" yaml:"panels"`
	Layouts   []component `json:"layouts" yaml:"layouts"`
	Duration  string      `json:"duration" yaml:"duration"`
}

type display struct {
	Name        string `json:"name,omitempty" yaml:"name,omitempty"`
	Description string `json:"description,omitempty" yaml:"description,omitempty"`
}

// panels is a map, so that its keys come out sorted, as the tools that write dashboards sort them.
type panels map[string]component

// component is anything that has a kind and a spec of its own: a panel, a query, a variable, a row.
type component struct {
	Kind string `json:"kind" yaml:"kind"`
	Spec any    `json:"spec" yaml:"spec"`
}

type plugin component

type panel struct {
	Display display     `json:"display" yaml:"display"`
	Plugin  plugin      `json:"plugin" yaml:"plugin"`
	Queries []component `json:"queries" yaml:"queries"`
}

type grid struct {
	Display gridDisplay `json:"display" yaml:"display"`
	Items   []gridItem  `json:"items" yaml:"items"`
}

type gridDisplay struct {
	Title    string         `json:"title" yaml:"title"`
	Collapse map[string]any `json:"collapse" yaml:"collapse"`
}

type gridItem struct {
	X       int               `json:"x" yaml:"x"`
	Y       int               `json:"y" yaml:"y"`
	Width   int               `json:"width" yaml:"width"`
	Height  int               `json:"height" yaml:"height"`
	Content map[string]string `json:"content" yaml:"content"`
}

// maker makes one dashboard.
type maker struct {
	rand    *rand.Rand
	service string
}

func (m *maker) dashboard(name string) dashboard {
	d := dashboard{
		Display:   display{Name: name, Description: fmt.Sprintf("How %s is doing.", m.service)},
		Variables: m.variables(),
		Panels:    panels{},
		Duration:  "1h",
	}
	rows := 3 + m.rand.IntN(6)
	for row := range rows {
		d.Layouts = append(d.Layouts, m.row(row, d.Panels))
	}
	return d
}

// row makes a row of the grid, and its panels.
func (m *maker) row(row int, all panels) component {
	columns := 1 + m.rand.IntN(4)
	g := grid{Display: gridDisplay{Title: rows[row%len(rows)], Collapse: map[string]any{"open": row == 0}}}
	for column := range columns {
		id := fmt.Sprintf("%d_%d", row, column)
		all[id] = m.panel()
		width := 24 / columns
		g.Items = append(g.Items, gridItem{
			X: column * width, Width: width, Height: 8,
			Content: map[string]string{"$ref": "#/spec/panels/" + id},
		})
	}
	return component{Kind: "Grid", Spec: g}
}

// pick takes one of several.
func pick[T any](m *maker, of []T) T { return of[m.rand.IntN(len(of))] }
