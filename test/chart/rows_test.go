package chart_test

import (
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/test/chart/helm"
)

// row is one value of the chart: with is what must be set beside it to be seen, want a line that appears with it. An empty want is for
// values that take something away: without is a line that must be gone.
type row struct{ key, value, with, want, without string }

const (
	sidecar    = "configMaps: {by: sidecar}"
	signIn     = "config: {security: {enable_auth: true}}\nsidecar: {enabled: true}"
	sql        = "config: {database: {file: null, sql: {db_name: perses}}}"
	gateway    = "gateway: {enabled: true, gatewayClassName: example}"
	dashboards = "dashboards: {enabled: true}"
	route      = "gateway: {enabled: true, createGateway: false, name: shared}"
)

// TestEveryValueWorks changes each value of the chart alone, and looks for it in what is rendered. A value without a row fails.
func TestEveryValueWorks(t *testing.T) {
	rows := map[string]bool{"global": true} // is for charts above this one
	plain := map[string]*helm.Manifests{}
	for _, r := range table() {
		rows[r.key] = true
		before := plain[r.with]
		if before == nil {
			before = render(t, r.with)
			plain[r.with] = before
		}
		t.Run(r.key, func(t *testing.T) {
			t.Parallel()
			r.check(t, before)
		})
	}
	for path := range schemaOf(t, server).Leaves() {
		if !rows[path] {
			t.Errorf("%s is in values.yaml and has no row here: a value that does nothing would not be noticed", path)
		}
	}
}

func (r row) check(t *testing.T, before *helm.Manifests) {
	m, err := helm.Render(load(t, server), helm.Options{Values: merged(parse(t, r.with), nested(t, r.key, r.value))})
	if err != nil {
		t.Fatal(err)
	}
	if r.want != "" && (!has(m, r.want) || has(before, r.want)) {
		t.Errorf("%s: %s with\n%s\nexpected the line %q, which is not there without it:\n%s", r.key, r.value, r.with, r.want, m.Text)
	}
	if r.without != "" && (has(m, r.without) || !has(before, r.without)) {
		t.Errorf("%s: %s with\n%s\nexpected the line %q to go:\n%s", r.key, r.value, r.with, r.without, m.Text)
	}
}

// has says whether a line is rendered, wherever it is indented to, quoted or not, and whether it begins an element of a list.
func has(m *helm.Manifests, line string) bool {
	plain := func(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), `"`, "") }
	for have := range strings.SplitSeq(m.Text, "\n") {
		if have = plain(have); have == plain(line) || strings.TrimPrefix(have, "- ") == plain(line) {
			return true
		}
	}
	return false
}

// nested puts a value at a path of keys.
func nested(t *testing.T, path, value string) map[string]any {
	t.Helper()
	keys := strings.Split(path, ".")
	text := ""
	for i, key := range keys {
		text += strings.Repeat("  ", i) + key + ":"
		if i < len(keys)-1 {
			text += "\n"
		}
	}
	return parse(t, text+" "+value+"\n")
}
