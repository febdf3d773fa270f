// Package buildinfo says which build of Perseid is running.
//
// A release sets version, commit and date with the linker (-ldflags -X); any other build takes what the Go toolchain
// recorded of the module and its repository. It knows nothing of the running process.
package buildinfo

import (
	"cmp"
	"runtime/debug"
	"strings"
)

// Set by the linker; empty in a plain go build.
var version, commit, date string

// Info describes a build. Every field is filled: what is not known is "unknown", and the version of a plain build "devel".
type Info struct {
	Version string `json:"version"` // without a leading v: 0.1.0
	Commit  string `json:"commit"`  // the full hash; "+dirty" follows if the tree had local changes
	Date    string `json:"date"`    // of the build or of the commit, RFC 3339
	Go      string `json:"go"`      // the toolchain: go1.26.0
}

// Get describes the running program.
func Get() Info {
	recorded, _ := debug.ReadBuildInfo()
	return describe(recorded)
}

func describe(recorded *debug.BuildInfo) Info {
	if recorded == nil {
		recorded = &debug.BuildInfo{}
	}
	settings := make(map[string]string)
	for _, s := range recorded.Settings {
		settings[s.Key] = s.Value
	}
	if settings["vcs.modified"] == "true" && settings["vcs.revision"] != "" {
		settings["vcs.revision"] += "+dirty"
	}
	module := strings.Trim(recorded.Main.Version, "()")
	return Info{
		Version: strings.TrimPrefix(cmp.Or(version, module, "devel"), "v"),
		Commit:  cmp.Or(commit, settings["vcs.revision"], "unknown"),
		Date:    cmp.Or(date, settings["vcs.time"], "unknown"),
		Go:      cmp.Or(recorded.GoVersion, "unknown"),
	}
}
