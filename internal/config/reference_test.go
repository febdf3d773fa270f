package config

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite generated files")

const referencePath = "../../docs/reference/configuration.md"

func TestReference(t *testing.T) {
	got := reference()
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
		t.Errorf("%s is not what the tables say; run go test ./internal/config -run Reference -update\n%s", referencePath, diff)
	}
}

// R28: every key has a verdict, and every verdict a key.
func TestR28EverySettingIsDecided(t *testing.T) {
	keys := make(map[string]bool)
	for _, leaf := range leaves(reflect.TypeFor[Config](), "") {
		for p := leaf; p != ""; p = parentOf(p) {
			keys[p] = true
		}
		if !covered(leaf) {
			t.Errorf("%s is in no row of the table", leaf)
		}
	}
	for _, s := range settings {
		if !keys[s.Key] {
			t.Errorf("the row %s is about no key", s.Key)
		}
		if unserved := s.Verdict == Ignored || s.Verdict == Refused; unserved != (s.Unserved != "" && s.Advice != "") {
			t.Errorf("%s is %s: a sentence and advice are needed for ignored and refused settings only", s.Key, s.Verdict)
		}
	}
}

func covered(leaf string) bool {
	for _, s := range settings {
		if leaf == s.Key || strings.HasPrefix(leaf, s.Key+".") || strings.HasPrefix(leaf, s.Key+"[]") {
			return true
		}
	}
	return false
}

// leaves lists the paths of all settings of a type of the schema; elements of lists are written [].
func leaves(t reflect.Type, path string) []string {
	switch {
	case t.Kind() == reflect.Pointer:
		return leaves(t.Elem(), path)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return leaves(t.Elem(), path+"[]")
	case t.Kind() != reflect.Struct || t == reflect.TypeFor[Opaque]():
		return []string{path}
	}
	var paths []string
	for _, f := range fieldsOf(reflect.New(t).Elem()) {
		paths = append(paths, leaves(f.value.Type(), joinPath(path, f.key))...)
	}
	return paths
}

const referenceHead = `# Configuration

<!-- Generated from internal/config by "go test ./internal/config -run Reference -update". Do not edit. -->

Perseid reads the configuration file of Perses (` + "`--config FILE`" + `, YAML). Unknown keys are errors. Every key can be set by an
environment variable instead, which wins over the file: ` + "`PERSES_`" + ` and the path in upper case, list indexes as numbers, as in
` + "`PERSES_PROVISIONING_FOLDERS_0`" + `. ` + "`perseid config check FILE`" + ` reports everything that is wrong.

Durations are written as in Perses: ` + "`30s`, `1h30m`, `2w`" + `.

| here | means |
| --- | --- |
| served | does what it says |
| idle | belongs to something that is off in this version, so it changes nothing |
| ignored | accepted, with a warning when it is set |
| refused | an error when it is set, since ignoring it would change where data lives, or who may read or write |
`

// reference is the page: a table for each top-level key.
func reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	c, _ := Load(Options{})
	section := ""
	for _, s := range settings {
		if top, _, _ := strings.Cut(s.Key, "."); top != section {
			section = top
			fmt.Fprintf(&b, "\n## %s\n\n| key | type | default | here | meaning |\n| --- | --- | --- | --- | --- |\n", section)
		}
		kind, value := describe(c, s.Key)
		meaning := s.Meaning
		if s.Unserved != "" {
			meaning += " *" + strings.ToUpper(s.Unserved[:1]) + s.Unserved[1:] + "; " + s.Advice + ".*"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", s.Key, kind, value, s.Verdict, meaning)
	}
	return b.String()
}

// describe gives the type and the default of a key, as Markdown.
func describe(c *Config, key string) (kind, value string) {
	v := reflect.ValueOf(c).Elem()
	for part := range strings.SplitSeq(key, ".") {
		name, list := strings.CutSuffix(part, "[]")
		if v.Kind() == reflect.Pointer && v.IsNil() {
			v = reflect.New(v.Type().Elem())
			setDefaults(v.Elem())
		}
		v, _ = fieldOf(reflect.Indirect(v), name)
		if list {
			v = reflect.New(v.Type().Elem()).Elem()
		}
	}
	kind = typeName(v.Type())
	switch text, err := json.Marshal(v.Interface()); {
	case key == keySetting:
		return kind, "a key everybody knows"
	case err != nil, v.IsZero() && v.Kind() != reflect.Bool, v.Kind() == reflect.Struct, v.Kind() == reflect.Pointer:
		return kind, ""
	default:
		return kind, "`" + strings.Trim(string(text), `"`) + "`"
	}
}

func typeName(t reflect.Type) string {
	if e, ok := reflect.Zero(t).Interface().(enum); ok {
		return "`" + strings.Join(e.values(), "`, `") + "`"
	}
	switch {
	case t == reflect.TypeFor[Duration]():
		return "duration"
	case t.Kind() == reflect.Pointer:
		return typeName(t.Elem())
	case t.Kind() == reflect.Slice:
		return "list"
	case t.Kind() == reflect.Struct:
		return "mapping"
	case t.Kind() == reflect.Int:
		return "number"
	case t.Kind() == reflect.Bool:
		return "boolean"
	}
	return "string"
}
