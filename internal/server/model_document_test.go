package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
)

// content is all that the model knows of a resource's content: two are the same exactly if their contents are.
type content struct {
	Variant int
	Default bool // of a datasource
	Uses    bool // of a dashboard: the variable v0
	Keep    bool // the tag prune-disabled
}

// flaw is what is wrong with a document on its own.
type flaw string

const (
	sound    flaw = ""
	bad      flaw = "bad"      // its identity can be told
	nameless flaw = "nameless" // its identity cannot
)

// paper is one document of a file, as its author wrote it.
type paper struct {
	ID resource.ID
	content
	Flaw flaw
}

func (p paper) String() string {
	text := fmt.Sprintf("%s v%d", p.ID, p.Variant)
	for _, word := range []struct {
		word string
		said bool
	}{{" default", p.Default}, {" uses", p.Uses}, {" keep", p.Keep}, {" " + string(p.Flaw), p.Flaw != sound}} {
		if word.said {
			text += word.word
		}
	}
	return text
}

// identity is what can be told of who the document is about.
func (p paper) identity() resource.ID {
	id := p.ID.Fold()
	if p.Flaw == nameless {
		id.Name = ""
	}
	return id
}

// placed says whether the document is about something that can be: it is named, and in a project if its kind lives in one.
func (p paper) placed() bool {
	kind, err := resource.KindByName(p.ID.Kind)
	return p.Flaw != nameless && err == nil && (!kind.Project || p.ID.Project != "")
}

// sheet is a file of documents.
type sheet struct {
	Papers  []paper
	Garbage bool // cannot be decoded at all
}

// illegible says whether something in the file has no identity that can be told, or none that a resource can have (R18).
func (s sheet) illegible() bool {
	return s.Garbage || slices.ContainsFunc(s.Papers, func(p paper) bool { return !p.placed() })
}

func (s sheet) text(path string) string {
	if s.Garbage {
		return "kind: [\n"
	}
	var texts []string
	for _, p := range s.Papers {
		texts = append(texts, p.text())
	}
	if strings.HasSuffix(path, ".json") {
		return "[" + strings.Join(texts, ",") + "]"
	}
	return strings.Join(texts, "\n---\n")
}

// text is JSON, which YAML reads too.
func (p paper) text() string {
	metadata := map[string]any{"name": p.ID.Name}
	if p.ID.Project != "" {
		metadata["project"] = p.ID.Project
	}
	var tags []string
	if p.Keep {
		tags = append(tags, desired.KeepTag)
	}
	switch p.Flaw {
	case bad:
		tags = append(tags, " blank in front")
	case nameless:
		delete(metadata, "name")
	}
	if len(tags) > 0 {
		metadata["tags"] = tags
	}
	data, err := json.Marshal(map[string]any{"kind": p.ID.Kind, "metadata": metadata, "spec": p.spec()})
	if err != nil {
		panic(err) // maps of texts
	}
	return string(data)
}

func (p paper) spec() map[string]any {
	variant := fmt.Sprintf("variant %d", p.Variant)
	display := map[string]any{"name": variant}
	switch p.ID.Kind {
	case "Project":
		if p.Variant == 0 {
			return map[string]any{}
		}
		return map[string]any{"display": display}
	case "Secret":
		return map[string]any{"authorization": map[string]any{"type": "Bearer", "credentials": variant}}
	case "Datasource":
		return map[string]any{"default": p.Default, "plugin": map[string]any{"kind": "Plugin", "spec": map[string]any{"at": variant}}}
	case "Variable":
		return map[string]any{"kind": "TextVariable", "spec": map[string]any{"value": variant}}
	}
	spec := map[string]any{"display": display, "panels": map[string]any{}, "layouts": []any{}, "duration": "1h"}
	if p.Uses {
		spec["variables"] = []any{map[string]any{"kind": "ListVariable", "spec": map[string]any{
			"name": "local", "plugin": map[string]any{"kind": "Static", "spec": map[string]any{"values": []string{"$v0"}}},
		}}}
	}
	return spec
}

// hashes knows the canonical hash of contents.
type hashes struct {
	t        *testing.T
	examiner desired.Examiner
	known    map[paper]inventory.Hash
}

func (h *hashes) of(id resource.ID, c content) inventory.Hash {
	p := paper{ID: id, content: c}
	if hash, ok := h.known[p]; ok {
		return hash
	}
	hash := h.examiner.Hash(decoded(h.t, p))
	h.known[p] = hash
	return hash
}

// decoded is the resource that a sound document stands for.
func decoded(t *testing.T, p paper) *resource.Resource {
	t.Helper()
	kind, err := resource.KindByName(p.ID.Kind)
	if err != nil {
		t.Fatal(err)
	}
	r, problems := resource.DecodeBody([]byte(p.text()), kind)
	if problems.Invalid() {
		t.Fatalf("%s: %v", p, problems)
	}
	return r
}
