package api

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/reply"
)

var update = flag.Bool("update", false, "rewrite generated files")

const referencePath = "../../docs/reference/delivery-api.md"

func TestReference(t *testing.T) {
	got := reference(t)
	if *update {
		if err := os.WriteFile(referencePath, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what the tables say; run go test ./internal/api -run Reference -update\n%s", referencePath, diff)
	}
}

const preamble = `# Delivery API

<!-- Generated from internal/api by "go test ./internal/api -run Reference -update". Do not edit. -->

Where resources come from, what became of them, and orders about them. All paths are below ` + "`%s`" + `, which is below ` + "`api_prefix`" + `
where one is configured. Answers are JSON; one that is not a success has a ` + "`message`" + `. Rules (R14, I3) are those of delivery.

` + "`{name}`" + ` is the name of a source, plain (` + "`/sources/dir:/data/teams`" + `) or percent-encoded (` + "`/sources/dir:%%2Fdata%%2Fteams`" + `); a name that ends
like one of these paths must be encoded. ` + "`{resource}`" + ` is ` + "`{plural}/{name}`" + `, or ` + "`projects/{project}/{plural}/{name}`" + ` for what is in
a project, with plurals as in the Perses API.

**Following.** An answer about sources or documents has an ETag. A request with it in ` + "`If-None-Match`" + ` and with ` + "`Prefer: wait=N`" + ` is answered
when there is something new, or after N seconds (%d at most) with 304. Browsers follow ` + "`/events`" + `.

**Secrets.** Nothing of what holds secrets, or came from a place for them, is in any answer: no excerpt, no previous content, no value in a difference.

**Who may ask.** Where permissions are configured, sources, their history and events need to read projects in general; documents, resources, their
contents and the lines of a preview are shown to who may read them.

**Who may command.** A POST needs ` + "`Content-Type: application/json`" + ` (415), and permission to update the resource, or projects in general for a source (403);
or the bearer token of ` + "`delivery.api.token_file`" + ` (401), with any content type. With neither configured, commands are taken from this machine only (403).
A body may be empty where all of it may be left out; a field that is not known is refused (400).

`

func reference(t *testing.T) string {
	var b strings.Builder
	fmt.Fprintf(&b, preamble, deliveryBase, int(longestWait.Seconds()))
	b.WriteString("| | | |\n| --- | --- | --- |\n")
	for _, o := range operations() {
		fmt.Fprintf(&b, "| %s | [`%s`](#%s) | %s |\n", o.method, o.path, anchor(o), o.does)
	}
	for _, o := range operations() {
		describe(&b, o)
	}
	b.WriteString("\n## What is answered\n\nTimes are RFC 3339 text. A field in italics is left out where it is empty.\n")
	for _, s := range shapes(t) {
		s.describe(&b)
	}
	return b.String()
}

func describe(b *strings.Builder, o operation) {
	fmt.Fprintf(b, "\n## %s %s\n\n%s\n\n", o.method, o.path, o.does)
	for _, p := range o.parameters {
		fmt.Fprintf(b, "- `?%s=`: %s\n", p.name, p.means)
	}
	if o.body != "" {
		fmt.Fprintf(b, "- Body: `%s`\n", o.body)
	}
	fmt.Fprintf(b, "- Answer: %s\n", o.answer)
	for _, f := range o.failures {
		fmt.Fprintf(b, "- %d: %s\n", reply.Status(problem.New(f.class, "")), f.when)
	}
}

// anchor is what Markdown makes of the heading of an operation.
func anchor(o operation) string {
	keep := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r
		case r == ' ':
			return '-'
		}
		return -1
	}
	return strings.Map(keep, strings.ToLower(o.method+" "+o.path))
}

// TestReferenceIsServed: what the reference says is asked for the way it says, and answered by delivery.
func TestReferenceIsServed(t *testing.T) {
	fill := strings.NewReplacer("{name}", "other", "{resource}", "projects/p/dashboards/a")
	for _, o := range operations() {
		w := newDelivering(t)
		path := deliveryBase + fill.Replace(o.path)
		if o.method == "GET" {
			if path == eventsPath || slices.Contains([]string{"history", "compare", "excerpt", "content"}, path[strings.LastIndexByte(path, '/')+1:]) {
				continue // they have tests of their own
			}
			w.must(200, "GET", path, "")
			continue
		}
		if a := w.do("POST", path, o.body, "Content-Type: application/json"); a.status/100 != 2 || !strings.HasPrefix(o.answer, fmt.Sprint(a.status)) {
			t.Errorf("POST %s %s: %d %s, want %s", path, o.body, a.status, a.body, o.answer)
		}
	}
}
