package resource

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/problem"
)

// What people write wrong, and where and in which words they are told. Neither names what only somebody who knows the parser knows.
func TestSyntaxSentences(t *testing.T) {
	const name = "kind: Project\nmetadata:\n  name: a\n"
	tests := []struct {
		about  string
		format Format
		data   string
		want   string // line:column: message (hint)
	}{
		{"tab", YAML, "kind: Project\nmetadata:\n\tname: a\n", "3:1: not YAML: a tab in the indentation (indent with spaces)"},
		{"tab after spaces", YAML, "kind: Project\nmetadata:\n  \tname: a\n", "3:3: not YAML: a tab in the indentation (indent with spaces)"},
		{"reserved", YAML, name + "spec: @x\n", "4:1: not YAML: text that begins with a character of YAML's own (put it in quotes)"},
		{"colon in text", YAML, name + "spec:\n  a: b: c\n", "5:3: not YAML: a colon where none can be (put text that holds a colon and a space in quotes, and check the indentation of this line and the one above)"},
		{"list in object", YAML, name + "- a\n", "4:1: not YAML: this does not fit in with the lines above (" + outOfPlace + ")"},
		{"open list", YAML, name + "spec: {a: [1\n", "4:1: not YAML: a list that begins with [ goes wrong or does not end (separate its items with commas and close it with ])"},
		{"open quote", YAML, name + "spec: \"a\n", "4:1: not YAML: a quote that is not closed (close it)"},
		{"escape", YAML, name + "spec: \"\\q\"\n", `4:1: not YAML: a backslash that YAML does not know in double quotes (write \\ for a backslash, or use single quotes)`},
		{"no such anchor", YAML, name + "spec: {a: *hunter2}\n", "4:11: not YAML: an alias (*) of which there is no anchor (&) above (write the anchor, or put text that begins with * in quotes)"},
		{"template", YAML, "{{- if .x }}\n" + name, "1:1: not YAML: a value is missing (this looks like a template: render it first)"},
		{"template of a value", YAML, name + "spec: {a: {{ .x }}}\n", "4:12: a key must be a single word or text (this looks like a template: render it first, or put it in quotes)"},
		{"directive", YAML, "%YAML 9.9\n---\n" + name, "1:1: not YAML: a version of YAML that is not supported (remove the line that begins with %YAML)"},
		{"merge key", YAML, name + "spec: {<<: 3}\n", "4:12: a merge key (<<) needs an object or a list of objects (name an anchor of an object: <<: *name)"},
		{"nested", YAML, name + "spec: " + strings.Repeat("[", 20_000), "4:1: more than 1000 values inside each other (nest less)"},
		{"NUL", YAML, name + "spec: a\x00b\n", "4:8: a NUL byte (the file is no text, or was not written to its end: write it again)"},
		{"control character", YAML, name + "spec: a\x01b\n", "4:8: the control character U+0001 (remove it)"},
		{"not UTF-8", YAML, name + "spec: é\xe9\n", "4:8: a character that is not UTF-8 (save the file as UTF-8)"},
		{"conflict", YAML, "kind: Project\n<<<<<<< HEAD\nmetadata:\n", "2:1: a merge conflict of Git that is not resolved (choose a side, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>)"},
		{"NUL", JSON, "{\"kind\":\n\"a\x00\"}", "2:3: a NUL byte (the file is no text, or was not written to its end: write it again)"},
		{"not UTF-8", JSON, "{\"kind\":\n\"\xe9\"}", "2:2: a character that is not UTF-8 (save the file as UTF-8)"},
		{"UTF-16", JSON, "\xff\xfe{\x00}\x00", "1:1: the file is written in UTF-16 (save it as UTF-8)"},
		{"conflict", JSON, "{\n<<<<<<< HEAD\n}", "2:1: a merge conflict of Git that is not resolved (choose a side, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>)"},
		{"comment", JSON, "{\n// c\n}", "2:1: not JSON: a comment (remove it, or give the file a name that ends in .yaml and begin comments with #)"},
		{"single quotes", JSON, "{'kind': 1}", "1:2: not JSON: text in single quotes (use double quotes)"},
		{"no quotes", JSON, "{kind: 1}", "1:2: not JSON: a name without quotes (put it in double quotes)"},
		{"comma too many", JSON, `{"a":1,}`, "1:7: not JSON: a value is missing, or the comma before is one too many"},
		{"no comma", JSON, `{"a":1 "b":2}`, "1:8: not JSON: a comma or a closing bracket is missing before this"},
		{"no colon", JSON, `{"a" 1}`, "1:6: not JSON: a colon is missing after a name"},
		{"word", JSON, `{"a":hunter2}`, "1:6: not JSON: a value that begins as none does (put text in double quotes)"},
		{"bracket", JSON, `{"a":[1}]`, "1:8: not JSON: a comma or a closing bracket is missing before this"},
		{"line break", JSON, "{\"a\":\"b\nc\"}", "1:8: not JSON: a line break or tab inside quotes (write \\n or \\t, or close the quote)"},
		{"escape", JSON, `{"a":"\q"}`, `1:7: not JSON: a backslash that JSON does not know (write \\ for a backslash)`},
		{"template", JSON, `{"a": {{ .x }}}`, "1:8: not JSON: two braces where an object begins (this looks like a template: render it first)"},
		{"no template", YAML, name + "spec: \"{{pod}}\": b: c\n", "4:1: not YAML: a colon where none can be (put text that holds a colon and a space in quotes, and check the indentation of this line and the one above)"},
		{"cut", JSON, `{"a":`, "1:6: not JSON: the document ends too early (close every quote and bracket that is open)"},
		{"two", JSON, "{}\n{}", "2:2: not JSON: something follows the end of the document (put several documents into a list: [..., ...])"},
	}
	for _, tt := range tests {
		_, file := Decode([]byte(tt.data), tt.format)
		if len(file) != 1 {
			t.Errorf("%s: problems %v", tt.about, file)
			continue
		}
		got := fmt.Sprintf("%d:%d: %s", file[0].Line, file[0].Column, file[0])
		if got != tt.want {
			t.Errorf("%s (format %d):\n got %s\nwant %s", tt.about, tt.format, got, tt.want)
		}
	}
}

// A file that is small on disk is not large in memory: what two bytes can say takes hundreds.
func TestValuesOfAFileAreBounded(t *testing.T) {
	many := func(s string) string { return strings.Repeat(s, maxValues+1) }
	for about, data := range map[string]string{
		"flow list": "[" + many("a,") + "]", "block list": many("- a\n"), "keys": many("a:\n"), "nested": "a: " + many("- "),
		"documents": many("--- a\n"), "keys without values": many("? a\n"), "carriage returns": many("- a\r"),
	} {
		begun := time.Now()
		_, file := Decode([]byte(data), YAML)
		if len(file) != 1 || file[0].Code != problem.CodeLimit || file[0].Line == 0 {
			t.Errorf("YAML, %s: %v", about, file)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("YAML, %s: refused after %s", about, took)
		}
	}
	_, file := Decode([]byte("["+many("1,")+"1]"), JSON)
	if len(file) != 1 || file[0].Message != errValues.message {
		t.Errorf("JSON: %v", file)
	}
}

// However many documents of a file have problems, it is parsed once more to place them all.
func TestPlacesParseOnce(t *testing.T) {
	p := NewPlaces([]byte(locateYAML), YAML)
	if first, second := p.parse(), p.parse(); &first[0] != &second[0] {
		t.Error("parsed twice")
	}
	problems := problem.List{{Path: "kind"}, {Path: "spec", Line: 99, Column: 9}}
	p.Complete(0, problems)
	if problems[0].Line != 2 || problems[1].Line != 99 {
		t.Errorf("places %+v", problems)
	}
}
