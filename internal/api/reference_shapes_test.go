package api

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// shape is a type of an answer, with what its source says of it.
type shape struct {
	name, means string
	fields      []shapeField
}

type shapeField struct {
	name, sort, means string
	optional          bool
}

func (s shape) describe(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n| field | is | |\n| --- | --- | --- |\n", s.name, s.means)
	for _, f := range s.fields {
		name := "`" + f.name + "`"
		if f.optional {
			name = "*" + name + "*"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", name, f.sort, f.means)
	}
}

// shapes reads those types of the packages that answers are made of which are written as JSON.
func shapes(t *testing.T) []shape {
	t.Helper()
	var out []shape
	for _, pattern := range []string{"resource_status.go", "../delivery/*.go", "../problem/problem.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v %v", pattern, files, err)
		}
		for _, file := range files {
			out = append(out, shapesOf(t, file)...)
		}
	}
	return out
}

func shapesOf(t *testing.T, file string) []shape {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var out []shape
	ast.Inspect(tree, func(n ast.Node) bool {
		declared, ok := n.(*ast.GenDecl)
		if !ok || declared.Tok != token.TYPE {
			return true
		}
		spec := declared.Specs[0].(*ast.TypeSpec)
		if body, ok := spec.Type.(*ast.StructType); ok {
			if s := (shape{spec.Name.Name, line(declared.Doc), fieldsOf(body)}); len(s.fields) > 0 {
				out = append(out, s)
			}
		}
		return false
	})
	return out
}

func fieldsOf(body *ast.StructType) []shapeField {
	var out []shapeField
	for _, f := range body.Fields.List {
		switch {
		case len(f.Names) == 0: // the ResourceStatus embeds an identity
			out = append(out, shapeField{"kind", "text", "", false}, shapeField{"project", "text", "", true}, shapeField{"name", "text", "", false})
		case f.Tag != nil:
			tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json")
			name, options, _ := strings.Cut(tag, ",")
			means := strings.TrimSpace(line(f.Doc) + " " + line(f.Comment))
			out = append(out, shapeField{name, sortOf(f.Type), means, strings.Contains(options, "omit")})
		}
	}
	return out
}

// sortOf names a type for those who read JSON.
func sortOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return sortOf(e.X)
	case *ast.ArrayType:
		return "array of " + sortOf(e.Elt)
	case *ast.MapType:
		return "object: " + sortOf(e.Key) + " to " + sortOf(e.Value)
	case *ast.SelectorExpr:
		return sortOf(e.Sel)
	case *ast.Ident:
		plain := map[string]string{"string": "text", "bool": "true or false", "int": "number", "uint64": "number", "float64": "number", "Time": "time", "Duration": "number"}
		if plain[e.Name] != "" {
			return plain[e.Name]
		}
		return e.Name
	}
	return "?"
}

// line is a comment on one line of a table.
func line(g *ast.CommentGroup) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(g.Text()), " "), "|", `\|`)
}
