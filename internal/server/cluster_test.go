package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/notice"
	"github.com/perseid-dev/perseid/internal/source"
)

// R37: what a sidecar mirrors into a directory is not followed a second time, where the sidecar's index tells.
func TestR37OneWatchForALabel(t *testing.T) {
	for label, refused := range map[string]bool{"perses.dev/resource=true": true, "perses.dev/resource=other": false, "": false} {
		dir := t.TempDir()
		data, err := source.Index{Label: label}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, source.IndexName), data, 0o600); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "config.yaml")
		text := "provisioning: {folders: [" + dir + "]}\ndelivery: {sources: [{name: teams, configmaps: {}}]}\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, problems := config.Load(config.Options{File: file})
		if problems.Invalid() {
			t.Fatal(problems)
		}
		err = (&opener{config: c}).refuseTwice()
		if (err != nil) != refused || refused && !strings.Contains(err.Error(), "sources teams and dir:"+dir+" read the same") {
			t.Errorf("label %q: %v, want refused %t", label, err, refused)
		}
	}
}

// R35: rules compare as names do, and one that names no kinds allows none that gives access.
func TestR35RulesOfTheConfiguration(t *testing.T) {
	c := &config.Config{Database: config.Database{File: &config.File{}}}
	c.Delivery.Tenancy = []config.Tenancy{{Namespaces: []string{"a"}, Projects: []string{"Shop-*"}}, {Namespaces: []string{"b"}, Kinds: []string{"GlobalRole"}}}
	want := []desired.Rule{
		{Namespaces: []string{"a"}, Projects: []string{"shop-*"}, Kinds: config.TenancyKinds},
		{Namespaces: []string{"b"}, Projects: []string{}, Kinds: []string{"GlobalRole"}},
	}
	if diff := cmp.Diff(want, rulesOf(c)); diff != "" {
		t.Error(diff)
	}
	c.Database.File.CaseSensitive = true
	if got := rulesOf(c)[0].Projects[0]; got != "Shop-*" {
		t.Errorf("%q in a database that knows case", got)
	}
}

// A restart gives the first Event about an object the name it had; what follows has a name of its own, and every name is valid.
func TestEventNames(t *testing.T) {
	at := time.Unix(1, 0)
	n := notice.Notice{Object: delivery.Object{Name: "x", UID: "u"}, Source: "k", Reason: notice.Invalid, Text: "wrong"}
	if a, b := eventName(n, at), eventName(n, at.Add(time.Hour)); a != b {
		t.Errorf("%s and %s", a, b)
	}
	again := n
	again.Again = 1
	if a, b := eventName(again, at), eventName(again, at.Add(time.Hour)); a == b || a == eventName(n, at) {
		t.Errorf("%s, %s", a, b)
	}
	n.Object.Name = strings.Repeat("a-", 126)
	if name := eventName(n, at); len(name) > 253 || strings.Contains(name, "-.") {
		t.Errorf("%s", name)
	}
}
