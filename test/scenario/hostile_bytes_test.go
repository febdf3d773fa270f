package scenario

import "strings"

const (
	outOfPlace  = "check the indentation of this line, and the line above for a colon, quote or bracket that is missing"
	rightName   = "use letters, digits, _, - and, in between, dots"
	writtenAnew = "the file is no text, or was not written to its end: write it again"
)

// again are the same bytes as YAML and as JSON.
func again(about, text, want string) []hostile {
	return []hostile{{about: about, ext: "yaml", text: text, want: want}, {about: about, ext: "json", text: text, want: want}}
}

// hostileBytes are no documents at all.
func hostileBytes() []hostile {
	var all []hostile
	all = append(all, again("empty", "", "1:1: the file holds no document (write a resource into it, or remove it)")...)
	all = append(all, again("blank", " \n\n", "1:1: the file holds no document (write a resource into it, or remove it)")...)
	all = append(all, again("NULs", strings.Repeat("\x00", 4096), "1:1: a NUL byte ("+writtenAnew+")")...)
	all = append(all, again("NUL at the end", "{\"kind\": \"Project\",\n\"metadata\": {\"name\": \"p\"}}\x00\x00", "2:27: a NUL byte ("+writtenAnew+")")...)
	all = append(all, again("Latin-1", "{\"kind\": \"Proj\xe9t\"}", "1:15: a character that is not UTF-8 (save the file as UTF-8)")...)
	all = append(all, again("merge conflict", "{\n<<<<<<< HEAD\n\"kind\": \"Role\"\n=======\n\"kind\": \"User\"\n>>>>>>> mine\n}\n",
		"2:1: a merge conflict of Git that is not resolved (choose a side, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>)")...)
	all = append(all, again("10 000 deep", strings.Repeat(`{"a":`, 10_000)+"1"+strings.Repeat("}", 10_000), "")...)
	all[len(all)-2].want = "1:5001: more than 1000 values inside each other (nest less)"
	all[len(all)-1].want = "1:5000: more than 1000 values inside each other (nest less)"
	all = append(all, again("million of values", "["+strings.Repeat("1,", 1_000_000)+"1]", "1:1: more than 1000000 values in one file (split it)")...)
	all[len(all)-1].want = "1:1999999: more than 1000000 values in one file (split it)"
	return all
}

const truncated = "kind: Dashboard\nmetadata: {name: NAME, project: p}\nspec:\n  display: {name: \"2\"}\n"

// hostileYAML is what only YAML can do.
func hostileYAML() []hostile {
	all := []hostile{
		{about: "comment", text: "# nothing yet\n---\n", want: "1:1: the file holds no document (write a resource into it, or remove it)"},
		{about: "tab", text: "kind: Dashboard\nmetadata:\n\tname: NAME\n", want: "3:1: not YAML: a tab in the indentation (indent with spaces)"},
		{about: "colon", text: truncated + "  about: this: that\n", want: "5:3: not YAML: a colon where none can be (put text that holds a colon and a space in quotes, and check the indentation of this line and the one above)"},
		{about: "list in object", text: truncated + "- a\n", want: "5:1: not YAML: this does not fit in with the lines above (" + outOfPlace + ")"},
		{about: "cut in a list", text: truncated + "  layouts: [{kind: Grid", want: "5:3: not YAML: an object that begins with { goes wrong or does not end (separate its members with commas and close it with })"},
		{about: "cut in a quote", text: truncated + "  about: \"th", want: "5:3: not YAML: a quote that is not closed (close it)"},
		{about: "template", text: "{{- if .Values.x }}\n" + truncated, want: "1:1: not YAML: a value is missing (this looks like a template: render it first)"},
		{about: "bomb", text: aliasBomb(), want: "6:18: aliases and merge keys expand to more than 100000 values (write out what is meant, or use fewer aliases of aliases)"},
		{about: "alias of itself", text: truncated + "  panels: &a {b: *a}\n", want: "5:18: an alias (*) inside of what it stands for (write out what is meant)"},
		{about: "no such anchor", text: truncated + "  panels: *a\n", want: "5:11: not YAML: an alias (*) of which there is no anchor (&) above (write the anchor, or put text that begins with * in quotes)"},
		{about: "merge of a number", text: truncated + "  panels:\n    <<: 3\n", want: "6:9: a merge key (<<) needs an object or a list of objects (name an anchor of an object: <<: *name)"},
		{about: "key twice", text: truncated + "  panels: {}\n  layouts: []\n  duration: 1h\n  duration: 2h\n", want: `8:13: spec.duration: field "duration" is there more than once (remove one of them)`},
		{about: "key of two words", text: truncated + "  ? [a, b]\n  : 1\n", want: "5:5: a key must be a single word or text (put it in quotes)"},
	}
	for i := range all {
		all[i].ext = "yaml"
	}
	return all
}

// aliasBomb stands for 9^9 values.
func aliasBomb() string {
	var b strings.Builder
	b.WriteString(truncated + "  panels:\n    a: &a [x,x,x,x,x,x,x,x,x]\n")
	for c := 'b'; c <= 'i'; c++ {
		b.WriteString("    " + string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 9), ",") + "]\n")
	}
	return b.String()
}

// hostileJSON is what is wrong in JSON alone.
func hostileJSON() []hostile {
	const cut = `{"kind":"Dashboard","metadata":{"name":"NAME","project":"p"},`
	all := []hostile{
		{about: "cut", text: `{"kind":"Dashboard","metadata":{`, want: "1:33: not JSON: the document ends too early (close every quote and bracket that is open)"},
		{about: "comment", text: "// mine\n{}", want: "1:1: not JSON: a comment (remove it, or give the file a name that ends in .yaml and begin comments with #)"},
		{about: "comma too many", text: "{\"kind\":\"Dashboard\",\n}", want: "1:20: not JSON: a value is missing, or the comma before is one too many"},
		{about: "single quotes", text: "{'kind':'Dashboard'}", want: "1:2: not JSON: text in single quotes (use double quotes)"},
		{about: "no quotes", text: "{kind:Dashboard}", want: "1:2: not JSON: a name without quotes (put it in double quotes)"},
		{about: "two", text: "{}\n{}\n", want: "2:2: not JSON: something follows the end of the document (put several documents into a list: [..., ...])"},
		{about: "UTF-16", text: "\xff\xfe{\x00}\x00", want: "1:1: the file is written in UTF-16 (save it as UTF-8)"},
		{about: "key twice", text: cut + "\n\"spec\":{\"panels\":{},\"layouts\":[],\"duration\":\"1h\",\"duration\":\"2h\"}}", want: `2:61: spec.duration: field "duration" is there more than once (remove one of them)`},
	}
	for i := range all {
		all[i].ext = "json"
	}
	return all
}
