package resource

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

const outOfPlace = "check the indentation of this line, and the line above for a colon, quote or bracket that is missing"

var yamlFaults = wordForWord{
	{"tab character", fault{"a tab in the indentation", "indent with spaces"}},
	{"mapping values are not allowed", fault{"a colon where none can be", "put text that holds a colon and a space in quotes, and check the indentation of this line and the one above"}},
	{"cannot start any token", fault{"text that begins with a character of YAML's own", "put it in quotes"}},
	{"block sequence entries are not allowed", fault{"an item (-) of a list where none can be", "put it on a line of its own"}},
	{"mapping keys are not allowed", fault{"a key where none can be", outOfPlace}},
	{"did not find expected key", fault{"this does not fit in with the lines above", outOfPlace}},
	{"did not find expected '-' indicator", fault{"this does not fit in with the list above", outOfPlace}},
	{"did not find expected ',' or ']'", fault{"a list that begins with [ goes wrong or does not end", "separate its items with commas and close it with ]"}},
	{"did not find expected ',' or '}'", fault{"an object that begins with { goes wrong or does not end", "separate its members with commas and close it with }"}},
	{"did not find expected node content", fault{"a value is missing", "write one, and close every bracket that is open"}},
	{"could not find expected ':'", fault{"a colon is missing after a key", "write key: value"}},
	{"found unexpected end of stream", fault{"a quote that is not closed", "close it"}},
	{"found unexpected document indicator", fault{"a quote that is not closed", "close it before the line that begins with --- or ..."}},
	{"unknown escape character", fault{`a backslash that YAML does not know in double quotes`, `write \\ for a backslash, or use single quotes`}},
	{"did not find expected hexdecimal number", fault{`an escape of too few digits in double quotes`, `write \\ for a backslash, or use single quotes`}},
	{"did not find expected <document start>", fault{"something follows the end of the document", "separate documents with a line of ---"}},
	{"YAML document", fault{"a version of YAML that is not supported", "remove the line that begins with %YAML"}},
	{"unknown anchor", fault{"an alias (*) of which there is no anchor (&) above", "write the anchor, or put text that begins with * in quotes"}},
	{"exceeded max depth", fault{errDepth.Error(), "nest less"}},
}

var (
	// yamlLine takes a message of the parser apart.
	yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)
	// yamlFromZero are the messages for which yaml.v3 counts lines from 0: those about grammar. Those about words it counts from 1.
	yamlFromZero = regexp.MustCompile(`^did not find expected (<|node content|'-' indicator|key|',' or )`)
	// yamlAnchor is the one message that quotes what tells its place, and has no line.
	yamlAnchor = regexp.MustCompile(`^unknown anchor '([^']*)'`)
	// template is a line that begins with two braces, or has them for a value.
	template = regexp.MustCompile(`^\s*(- |[^:'"]*: )*\{\{`)
	// yamlQuoted is what a message quotes of the document, which may be part of a secret. Single characters are the grammar's.
	yamlQuoted = regexp.MustCompile(" ('[^']{2,}'|`[^`]{2,}`|\"[^\"]{2,}\")")
)

// yamlProblem puts the parser's complaint in a form that can be shown.
func yamlProblem(data []byte, err error) *problem.Problem {
	if found := damage(data); found != nil {
		return found
	}
	message, _, _ := strings.Cut(err.Error(), "\n")
	line := 1
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
			if yamlFromZero.MatchString(m[2]) {
				line = min(n+1, bytes.Count(bytes.TrimRight(data, "\n"), []byte("\n"))+1) // not behind the end
			}
		}
		message = m[2]
	}
	p := &problem.Problem{Code: problem.CodeSyntax, Severity: problem.Error, Line: line, Column: 1}
	if name := yamlAnchor.FindStringSubmatch(message); name != nil {
		p.Line, p.Column = position(string(data), bytes.Index(data, []byte("*"+name[1])))
	}
	explainYAML(p, data, yamlQuoted.ReplaceAllString(message, ""))
	return p
}

// explainYAML says what is wrong with the line that a complaint is about.
func explainYAML(p *problem.Problem, data []byte, complaint string) {
	text := lineOf(data, p.Line)
	indent := len(text) - len(bytes.TrimLeft(text, " "))
	if p.Column == 1 {
		p.Column = indent + 1
	}
	if strings.Contains(complaint, "cannot start any token") && bytes.HasPrefix(text[indent:], []byte("\t")) {
		complaint = "tab character"
	}
	f := yamlFaults.say(complaint)
	p.Message, p.Hint = "not YAML: "+f.message, f.hint
	switch {
	case template.Match(text):
		p.Hint = unrendered
	case strings.Contains(complaint, "max depth"):
		p.Code, p.Message = problem.CodeLimit, f.message
	}
}

// lineOf is a line (1-based) of a text.
func lineOf(data []byte, line int) []byte {
	for ; line > 1; line-- {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	data, _, _ = bytes.Cut(data, []byte("\n"))
	return data
}
