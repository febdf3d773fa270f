package config

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/perseid-dev/perseid/internal/problem"
)

const maxSourceName = 200 // bytes

// SourceConfig is one source with everything that applies to it.
type SourceConfig struct {
	Name      string        `json:"name"`
	Directory string        `json:"directory"` // cleaned, relative to the working directory unless absolute
	Priority  int           `json:"priority"`
	Interval  time.Duration `json:"interval"`
	Watch     bool          `json:"watch"`
	OnInvalid OnInvalid     `json:"on_invalid"`
	Prune     bool          `json:"prune"`  // whether anything is pruned at all
	Settle    time.Duration `json:"settle"` // prune.settle
	Delay     time.Duration `json:"delay"`  // prune.delay
	Pin       string        `json:"pin,omitempty"`
	// RequireIndex: without an index the directory is not read at all (DELIVERY R39).
	RequireIndex bool `json:"require_index"`
}

// resolveSources merges provisioning folders and delivery.sources (DELIVERY R2) and reports what cannot be told apart.
func (r *reader) resolveSources() []SourceConfig {
	var sources []SourceConfig
	byPath := make(map[string]int)
	for i, folder := range r.config.Provisioning.Folders {
		path := filepath.Clean(folder)
		if _, twice := byPath[path]; twice || folder == "" {
			r.reportFolder(fmt.Sprintf("provisioning.folders[%d]", i), folder)
			continue
		}
		byPath[path] = len(sources)
		sources = append(sources, r.config.defaultSource(path))
	}
	optioned := make(map[string]bool)
	for i, entry := range r.config.Delivery.Sources {
		at := fmt.Sprintf("delivery.sources[%d]", i)
		path, ok := r.directoryOf(entry, at)
		if !ok {
			continue
		}
		if optioned[path] {
			r.fail(problem.CodeDuplicate, at+".directory.path", fmt.Sprintf("an earlier entry is already about %s", path), "merge the two")
			continue
		}
		optioned[path] = true
		index, folder := byPath[path]
		if !folder {
			index = len(sources)
			sources = append(sources, r.config.defaultSource(path))
		}
		sources[index].override(entry)
	}
	r.checkNames(sources)
	return sources
}

func (r *reader) reportFolder(at, folder string) {
	if folder == "" {
		r.fail(problem.CodeRequired, at, "the folder has no path", "write one, or remove the entry")
		return
	}
	r.add(problem.Warning, problem.CodeDuplicate, at, fmt.Sprintf("%s is listed twice", folder), "remove one")
}

func (c *Config) defaultSource(path string) SourceConfig {
	prune := c.Delivery.Prune
	return SourceConfig{
		Name: "dir:" + path, Directory: path,
		Interval: time.Duration(c.Provisioning.Interval), Watch: c.Provisioning.EnableWatch,
		OnInvalid: c.Delivery.OnInvalid,
		Prune:     !prune.Disable, Settle: time.Duration(prune.Settle), Delay: time.Duration(prune.Delay),
	}
}

func (s *SourceConfig) override(entry Source) {
	s.Name = cmp.Or(entry.Name, s.Name)
	s.Priority = entry.Priority
	s.Interval = cmp.Or(time.Duration(entry.Interval), s.Interval)
	s.OnInvalid = cmp.Or(entry.OnInvalid, s.OnInvalid)
	s.Pin, s.RequireIndex = entry.Pin, entry.RequireIndex
	if p := entry.Prune; p != nil {
		if p.Disable != nil {
			s.Prune = !*p.Disable
		}
		if p.Settle != nil {
			s.Settle = time.Duration(*p.Settle)
		}
		if p.Delay != nil {
			s.Delay = time.Duration(*p.Delay)
		}
	}
}

func (r *reader) directoryOf(entry Source, at string) (string, bool) {
	if entry.Directory == nil || entry.Directory.Path == "" {
		r.fail(problem.CodeRequired, at, "the source names nothing to read", "give it a directory: {path: ...}")
		return "", false
	}
	return filepath.Clean(entry.Directory.Path), true
}

func (r *reader) checkNames(sources []SourceConfig) {
	taken := make(map[string]string)
	for _, s := range sources {
		if earlier, twice := taken[s.Name]; twice {
			r.fail(problem.CodeDuplicate, "delivery.sources", fmt.Sprintf("%s and %s are both named %q", earlier, s.Directory, s.Name), "names of sources are unique")
		}
		taken[s.Name] = s.Directory
		if len(s.Name) > maxSourceName || strings.ContainsFunc(s.Name, unicode.IsControl) {
			r.fail(problem.CodeValue, "delivery.sources", fmt.Sprintf("%q cannot name a source", s.Name[:min(len(s.Name), maxSourceName)]), fmt.Sprintf("use at most %d bytes and no control characters", maxSourceName))
		}
	}
}
