package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestArtifact(t *testing.T) {
	c, problems := load(t, quiet(`
delivery:
  sources:
    - {artifact: {reference: "registry.example.com/boards:prod"}}
    - name: stable
      artifact: {reference: registry.example.com/boards, version: ^1.4, path: prod/, verify: {keys: [team.pub]}, credentials: /creds}
      interval: 5m
      pin: v1.4.0
      require_index: true
    - {artifact: {reference: "registry.example.com/boards:prod", path: staging, insecure: true, verify: {keys: [team.pub], required: false}}}
`))
	if problems != nil {
		t.Fatal(problems)
	}
	first := SourceConfig{
		Name: "artifact:registry.example.com/boards:prod", Location: &Artifact{Reference: "registry.example.com/boards:prod"},
		Interval: time.Minute, Watch: true, OnInvalid: Auto, Prune: true, Settle: 30 * time.Second, Delay: 2 * time.Second,
	}
	stable, staging := first, first
	stable.Name, stable.Interval, stable.Pin, stable.RequireIndex = "stable", 5*time.Minute, "v1.4.0", true
	stable.Location = &Artifact{
		Reference: "registry.example.com/boards", Version: "^1.4", Path: "prod/", Credentials: "/creds",
		Verify: &Verify{Keys: []string{"team.pub"}, Required: true},
	}
	staging.Name = "artifact:registry.example.com/boards:prod (staging)"
	staging.Location = &Artifact{
		Reference: "registry.example.com/boards:prod", Path: "staging", Insecure: true, Verify: &Verify{Keys: []string{"team.pub"}},
	}
	if diff := cmp.Diff([]SourceConfig{first, stable, staging}, c.Sources()); diff != "" {
		t.Error(diff)
	}
}

func TestArtifactRefused(t *testing.T) {
	for text, want := range map[string]string{
		"delivery: {sources: [{artifact: {path: x}}]}": "error config.yaml:2:33: delivery.sources[0].artifact.reference: the artifact has no reference " +
			"(write one, as in registry.example.com/team/boards:prod)",
		"delivery: {sources: [{artifact: {reference: a.b/c, verify: {required: true}}}]}": "error config.yaml:2:60: delivery.sources[0].artifact.verify.keys: " +
			"signatures are to be verified, and no key counts (name the files of public keys, or remove verify)",
		"delivery: {sources: [{artifact: {reference: a.b/c}}, {artifact: {reference: a.b/c, path: /}}]}": "error config.yaml:2:65: delivery.sources[1].artifact: " +
			"an earlier entry is already about a.b/c (merge the two)",
	} {
		if _, got := load(t, quiet(text)); len(got) != 1 || got[0] != want {
			t.Errorf("%s:\n got %q\nwant %q", text, got, want)
		}
	}
}
