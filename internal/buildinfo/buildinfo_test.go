package buildinfo

import (
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDescribe(t *testing.T) {
	repository := &debug.BuildInfo{
		GoVersion: "go1.26.0",
		Main:      debug.Module{Version: "v0.3.0"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, {Key: "vcs.modified", Value: "true"},
		},
	}
	for name, c := range map[string]struct {
		recorded *debug.BuildInfo
		want     Info
	}{
		"nothing recorded": {nil, Info{Version: "devel", Commit: "unknown", Date: "unknown", Go: "unknown"}},
		"plain build":      {&debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, Info{Version: "devel", Commit: "unknown", Date: "unknown", Go: "unknown"}},
		"from repository":  {repository, Info{Version: "0.3.0", Commit: "abc+dirty", Date: "2026-01-02T03:04:05Z", Go: "go1.26.0"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, describe(c.recorded)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLinkerWins(t *testing.T) {
	version, commit, date = "1.2.3", "fff", "2026-02-03T00:00:00Z"
	defer func() { version, commit, date = "", "", "" }()
	got := describe(&debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v0.3.0"}})
	if diff := cmp.Diff(Info{Version: "1.2.3", Commit: "fff", Date: "2026-02-03T00:00:00Z", Go: "go1.26.0"}, got); diff != "" {
		t.Error(diff)
	}
}
